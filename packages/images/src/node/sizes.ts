// The sizes of a folder's images, and the one that they are brought to where they differ.
import type { Fit, Size } from './options.js'

/** Sizes as they come, in memory that does not grow with their number. */
export class Sizes {
  /** How many images have each shorter side. */
  readonly shorter = new Map<number, number>()
  least: Size | undefined
  greatest: Size | undefined
  #first: Size | undefined
  #differ = false

  add({ height, width }: Size): void {
    this.#first ??= { height, width }
    this.#differ ||= this.#first.height !== height || this.#first.width !== width
    const side = Math.min(height, width)
    this.shorter.set(side, (this.shorter.get(side) ?? 0) + 1)
    const area = height * width
    if (!this.least || area < this.least.height * this.least.width) this.least = { height, width }
    if (!this.greatest || area > this.greatest.height * this.greatest.width) {
      this.greatest = { height, width }
    }
  }

  /** The size that all have; undefined where they differ. */
  get common(): Size | undefined {
    return this.#differ ? undefined : this.#first
  }
}

/** A network for larger ones takes hours on a processor. */
const LARGEST = 64
/** A side of images that stay as they are; photos have longer ones. */
const LONGEST_KEPT = 256
/** Convolutions halve a side twice. */
const MULTIPLE = 4

/**
 * The square that images of several sizes are brought to: its side is the median of their shorter sides,
 * at most 64, rounded down to a multiple of 4 (but at least 4), so that few are enlarged.
 */
export function chosenSize({ shorter }: Pick<Sizes, 'shorter'>): Size {
  const sorted = [...shorter].sort(([a], [b]) => a - b)
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  let before = 0
  const [median = MULTIPLE] = sorted.find(([, count]) => (before += count) >= total / 2) ?? []
  const side = Math.max(MULTIPLE, MULTIPLE * Math.floor(Math.min(LARGEST, median) / MULTIPLE))
  return { height: side, width: side }
}

/** Whether images without an asked size stay as they are: all of one size, and not of a photo's. */
export function staysAsIs({ common }: Pick<Sizes, 'common'>): boolean {
  return common !== undefined && Math.max(common.height, common.width) <= LONGEST_KEPT
}

const HOW: Readonly<Record<Fit, string>> = { cover: 'cut', contain: 'padded', fill: 'stretched' }

/** What the user should know of a size that was chosen. */
export function sizesNote(
  folder: string,
  sizes: Sizes,
  { fit = 'cover' }: { readonly fit?: Fit | undefined },
): string {
  const [least, greatest, chosen] = [sizes.least, sizes.greatest, chosenSize(sizes)].map(sizeName)
  const found = sizes.common
    ? `images of ${least}`
    : `images of several sizes, ${least} to ${greatest},`
  return `${folder}: ${found} are ${HOW[fit]} to ${chosen} (--size and --fit crop, pad or stretch choose otherwise)`
}

/** Height first, as in `--size`. */
export function sizeName(size: Size | undefined): string {
  return size ? `${size.height}x${size.width}` : 'none'
}
