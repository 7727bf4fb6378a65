// The choice of images: the panels of the page, and what they hold.
import { describeShape, ImagesError } from '@anyvae/images'
import { chosen as chosenOf, count, element, messageOf, tell } from './dom.js'
import { chosenGlyphs, heldOut, type Chosen } from './images/chosen.js'
import { droppedFiles } from './images/dropped.js'
import { readFiles, type FileOptions } from './images/files.js'
import { createPad } from './images/pad.js'
import { variedDrawings, type Drawing } from './images/strokes.js'
import { showSpread } from './show.js'

const SOURCES = ['glyphs', 'drawings', 'files'] as const
type Source = (typeof SOURCES)[number]

/** Images that drawings are varied to. */
const VARIED = 2000
const SHOWN = 16

/** The images that are chosen at the moment. */
export class Sources {
  readonly #onError: (message: string) => void
  readonly #drawings: Drawing[] = []
  readonly #chosen: Partial<Record<Source, Chosen>> = {}
  #files: readonly File[] = []
  /** Numbers what is being read, so that what is overtaken is dropped. */
  #reading = 0

  readonly #onChange: (chosen: Chosen | undefined) => void

  /**
   * @param onError told of what is wrong with files, or an empty line once nothing is
   * @param onChange told of the images that are chosen from now on
   */
  constructor(onError: (message: string) => void, onChange: (chosen: Chosen | undefined) => void) {
    this.#onError = onError
    this.#onChange = onChange
    element('source', HTMLElement).addEventListener('change', () => this.#show())
    element('glyphs-count', HTMLInputElement).addEventListener('change', () => this.#drawGlyphs())
    this.#listenToPad()
    this.#listenToFiles()
    this.#drawGlyphs()
  }

  /** @throws ImagesError where there are none */
  get chosen(): Chosen {
    const found = this.#chosen[this.#source]
    if (found) return found
    const wanted = {
      glyphs: 'a number of glyphs from 100 to 20000',
      drawings: 'a drawing at least: draw something and add it',
      files: 'files: drop some, or choose them',
    }
    throw new ImagesError(`images: none yet, expected ${wanted[this.#source]}`)
  }

  get #source(): Source {
    const name = chosenOf('source')
    return SOURCES.find((each) => each === name) ?? 'glyphs'
  }

  #listenToPad(): void {
    const pad = createPad()
    element('pad-wipe', HTMLButtonElement).addEventListener('click', () => pad.wipe())
    element('pad-add', HTMLButtonElement).addEventListener('click', () => {
      if (pad.drawing().length === 0) return this.#onError('drawing: empty, expected a stroke')
      this.#drawings.push(pad.drawing())
      pad.wipe()
      this.#vary()
    })
    element('pad-undo', HTMLButtonElement).addEventListener('click', () => {
      this.#drawings.pop()
      this.#vary()
    })
  }

  #listenToFiles(): void {
    const input = element('files', HTMLInputElement)
    input.addEventListener('change', () => this.#take([...(input.files ?? [])]))
    for (const id of ['files-size', 'files-channels', 'files-layout', 'files-range']) {
      element(id, HTMLSelectElement).addEventListener('change', () => this.#take(this.#files))
    }
    const drop = element('drop', HTMLElement)
    addEventListener('dragover', (event) => {
      event.preventDefault()
      drop.classList.add('over')
    })
    addEventListener('dragleave', () => drop.classList.remove('over'))
    addEventListener('drop', (event) => {
      event.preventDefault()
      drop.classList.remove('over')
      if (!event.dataTransfer) return
      droppedFiles(event.dataTransfer).then(
        (files) => this.#drop(files),
        (error: unknown) => this.#onError(messageOf(error)),
      )
    })
  }

  #drop(files: readonly File[]): void {
    const radio = document.querySelector('input[name="source"][value="files"]')
    if (radio instanceof HTMLInputElement) radio.checked = true
    this.#take(files)
  }

  #drawGlyphs(): void {
    this.#try('glyphs', () => chosenGlyphs(element('glyphs-count', HTMLInputElement).valueAsNumber))
  }

  #vary(): void {
    this.#try('drawings', () => {
      if (this.#drawings.length === 0) return undefined
      return heldOut('drawings', variedDrawings(this.#drawings, VARIED))
    })
  }

  #take(files: readonly File[]): void {
    this.#files = files
    delete this.#chosen.files
    this.#show()
    if (files.length === 0) return
    const reading = ++this.#reading
    const side = Number(element('files-size', HTMLSelectElement).value)
    const channels = Number(element('files-channels', HTMLSelectElement).value)
    const onProgress = (done: number, total: number): void => {
      if (reading !== this.#reading || this.#source !== 'files') return
      tell('preview-text', `Reading ${count(done)} of ${count(total)} ...`)
    }
    readFiles(files, { side, channels, onProgress, ...arrayOptions() }).then(
      (found) => reading === this.#reading && this.#try('files', () => found),
      (error: unknown) => reading === this.#reading && this.#onError(messageOf(error)),
    )
  }

  #try(source: Source, make: () => Chosen | undefined): void {
    delete this.#chosen[source]
    try {
      const made = make()
      if (made) this.#chosen[source] = made
      this.#onError('')
    } catch (error) {
      this.#onError(messageOf(error))
    }
    this.#show()
  }

  #show(): void {
    for (const each of SOURCES) element(`${each}-panel`, HTMLElement).hidden = each !== this.#source
    const found = this.#chosen[this.#source]
    const canvas = element('preview', HTMLCanvasElement)
    canvas.hidden = found === undefined
    if (found) showSpread(canvas, found.train, SHOWN)
    tell('preview-text', found ? this.#describe(found) : 'No images yet.')
    this.#onChange(found)
  }

  #describe({ train, test, note }: Chosen): string {
    const drawn = this.#source === 'drawings' ? `${this.#drawings.length} drawn, varied to ` : ''
    const shape = describeShape(train.shape)
    return `${drawn}${count(train.count)} images to train on, ${count(test.count)} held out; ${shape}.${note === undefined ? '' : ` ${note}`}`
  }
}

/** What is chosen of how arrays are read; nothing of it is that they say it themselves. */
function arrayOptions(): Pick<FileOptions, 'layout' | 'range'> {
  const layout = element('files-layout', HTMLSelectElement).value || undefined
  const [black, white] = element('files-range', HTMLSelectElement).value.split('..').map(Number)
  const range = black !== undefined && white !== undefined ? { black, white } : undefined
  return { layout, range }
}
