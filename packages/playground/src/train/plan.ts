// How long the training of the form is: epochs and batches that suit the images, and a word where it is too short.
import { lengthInSteps, suitedLength, type LengthInSteps } from '@anyvae/trainer'
import { count, element, tell } from '../dom.js'

const FIELDS = ['epochs', 'batchSize'] as const

/** The two fields of a training's length: they follow the images until somebody writes in them. */
export class Plan {
  readonly #form: HTMLFormElement
  readonly #edited = new Set<string>()
  #images = 0

  constructor(form: HTMLFormElement) {
    this.#form = form
    form.addEventListener('input', ({ target }) => {
      if (target instanceof HTMLInputElement) this.#edited.add(target.name)
      this.#show()
    })
    element('suit', HTMLButtonElement).addEventListener('click', () => {
      this.#field('epochs').valueAsNumber = this.#length()?.suitedEpochs ?? 1
      this.#show()
    })
  }

  /** Takes the number of training images; 0 where there are none yet. */
  suit(images: number): void {
    this.#images = images
    if (images === 0) return this.#show()
    const asked = Object.fromEntries(
      FIELDS.filter((name) => this.#edited.has(name)).flatMap((name) => {
        const value = this.#field(name).valueAsNumber
        return value >= 1 ? [[name, value]] : []
      }),
    )
    const suited = suitedLength(images, asked)
    for (const name of FIELDS) {
      if (!this.#edited.has(name)) this.#field(name).valueAsNumber = suited[name]
    }
    this.#show()
  }

  /** What is said of a training that has ended: how long it was, and whether that was enough. */
  ended(epochs: number): string {
    const length = this.#length()
    const done = `Done: ${plural(epochs, 'epoch')}`
    return length?.isShort === true ? `${done}. ${shortText(length)}` : `${done}.`
  }

  #length(): LengthInSteps | undefined {
    const [epochs, batchSize] = FIELDS.map((name) => this.#field(name).valueAsNumber)
    const isWhole = Number.isInteger(epochs) && Number.isInteger(batchSize)
    if (this.#images === 0 || !isWhole || !(Number(epochs) >= 1 && Number(batchSize) >= 1)) {
      return undefined
    }
    return lengthInSteps({ epochs: Number(epochs), batchSize: Number(batchSize) }, this.#images)
  }

  #show(): void {
    const length = this.#length()
    const isShort = length?.isShort === true
    const suit = element('suit', HTMLButtonElement)
    suit.hidden = !isShort
    suit.textContent = `Take ${count(length?.suitedEpochs ?? 0)} epochs`
    element('plan', HTMLElement).classList.toggle('short', isShort)
    tell('plan', length === undefined ? '' : isShort ? shortText(length) : stepsText(length))
  }

  #field(name: (typeof FIELDS)[number]): HTMLInputElement {
    const field = this.#form.elements.namedItem(name)
    if (field instanceof HTMLInputElement) return field
    throw new Error(`page: no such field, got none named ${name}, expected one in the form`)
  }
}

function stepsText({ steps, stepsPerEpoch }: LengthInSteps): string {
  return `${plural(steps, 'step')}, ${count(stepsPerEpoch)} an epoch.`
}

function shortText({ steps, suitedEpochs }: LengthInSteps): string {
  return `${plural(steps, 'step')} are too few to learn from: take ${count(suitedEpochs)} epochs.`
}

function plural(value: number, one: string): string {
  return `${count(value)} ${one}${value === 1 ? '' : 's'}`
}
