// The loss curve: lines over the epochs, on a logarithmic scale, as SVG.
import type { Losses } from '@anyvae/trainer'

/** Losses at a moment of the training. */
export interface Reading extends Losses {
  /** Epochs done, with fractions. */
  readonly epoch: number
}

const NAMESPACE = 'http://www.w3.org/2000/svg'
const MARGIN = { left: 40, right: 10, top: 8, bottom: 24 }
const HEIGHT = 250
/** More would lie within a pixel. */
const MOST_POINTS = 500
const LINES = ['reconstruction', 'kl', 'loss'] as const

/** A chart that grows. */
export class Chart {
  readonly #svg: SVGSVGElement
  #readings: Reading[] = []
  #tests: { readonly epoch: number; readonly loss: number }[] = []
  #epochs = 1

  constructor(svg: SVGSVGElement) {
    this.#svg = svg
    new ResizeObserver(() => this.#draw()).observe(svg)
  }

  /** Empties it for a training of so many epochs. */
  begin(epochs: number): void {
    this.#readings = []
    this.#tests = []
    this.#epochs = epochs
    this.#draw()
  }

  add(reading: Reading): void {
    this.#readings.push(reading)
    this.#draw()
  }

  /** A loss on the test images, after an epoch. */
  addTest(epoch: number, loss: number): void {
    this.#tests.push({ epoch, loss })
    this.#draw()
  }

  #draw(): void {
    const width = this.#svg.clientWidth || 600
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`)
    const scale = this.#scale(width)
    this.#svg.replaceChildren(
      ...this.#axes(scale, width),
      ...this.#lines(scale),
      ...this.#dots(scale),
    )
  }

  #scale(width: number): Scale {
    const values = thinned(this.#readings).flatMap((each) => [each.loss, each.kl])
    const shown = [...values, ...this.#tests.map(({ loss }) => loss)].filter((each) => each > 0)
    const top = shown.length === 0 ? 1000 : Math.max(...shown, 10) * 1.15
    // A divergence that starts at nothing would push the rest together.
    const bottom = Math.min(Math.max(Math.min(...shown, 10) * 0.8, top / 1000), top / 10)
    const height = HEIGHT - MARGIN.top - MARGIN.bottom
    const inner = width - MARGIN.left - MARGIN.right
    return {
      top,
      bottom,
      x: (epoch) => MARGIN.left + (inner * epoch) / this.#epochs,
      y: (value) =>
        MARGIN.top + (height * Math.log(top / Math.max(value, bottom))) / Math.log(top / bottom),
    }
  }

  #axes({ top, bottom, x, y }: Scale, width: number): SVGElement[] {
    const rows = valuesBetween(bottom, top).flatMap((value) => [
      shape('line', {
        class: 'grid',
        x1: MARGIN.left,
        x2: width - MARGIN.right,
        y1: y(value),
        y2: y(value),
      }),
      label(String(value), { x: MARGIN.left - 6, y: y(value) + 4, 'text-anchor': 'end' }),
    ])
    const every = Math.max(1, Math.ceil(this.#epochs / Math.max(2, Math.floor(width / 60))))
    const ticks = Array.from({ length: Math.floor(this.#epochs / every) + 1 }, (_, i) => i * every)
    const columns = ticks.map((epoch) =>
      label(String(epoch), { x: x(epoch), y: HEIGHT - 6, 'text-anchor': 'middle' }),
    )
    return [...rows, ...columns]
  }

  #lines({ x, y }: Scale): SVGElement[] {
    const readings = thinned(this.#readings)
    return LINES.map((name) => {
      const points = readings.map(
        (each) => `${x(each.epoch).toFixed(1)},${y(each[name]).toFixed(1)}`,
      )
      return shape('polyline', { class: `line ${name}`, points: points.join(' ') })
    })
  }

  #dots({ x, y }: Scale): SVGElement[] {
    return this.#tests.map(({ epoch, loss }) =>
      shape('circle', { class: 'dot', cx: x(epoch), cy: y(loss), r: 3.5 }),
    )
  }
}

interface Scale {
  readonly top: number
  readonly bottom: number
  readonly x: (epoch: number) => number
  readonly y: (value: number) => number
}

/** At most so many of the readings, the first and the last among them. */
function thinned(readings: readonly Reading[]): readonly Reading[] {
  const step = Math.ceil(readings.length / MOST_POINTS)
  return readings.filter((_, i) => i % step === 0 || i === readings.length - 1)
}

/** 1, 2 and 5 times the powers of ten within a range; the powers alone where it is wide. */
function valuesBetween(bottom: number, top: number): number[] {
  const wide = top / bottom > 300
  const values: number[] = []
  for (let power = 10 ** Math.floor(Math.log10(bottom)); power <= top; power *= 10) {
    values.push(...(wide ? [1] : [1, 2, 5]).map((each) => Number((each * power).toPrecision(2))))
  }
  return values.filter((value) => value >= bottom && value <= top)
}

function shape(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(NAMESPACE, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}

function label(text: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = shape('text', attributes)
  made.textContent = text
  return made
}
