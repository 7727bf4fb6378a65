// The embedded data set: digits 0 to 9 drawn as handwritten strokes, any number, from a seed.
import { randomStream } from '@anyvae/random'
import { imageSet, imageSize, type ImageSet } from './image-set.js'
import { ImagesError } from './error.js'
import { draw } from './glyphs/pen.js'
import { drawnLabel, NORMALS, UNIFORMS, write, type Draws } from './glyphs/variation.js'

/** How many digits to draw, how large, and which. */
export interface GlyphsOptions {
  readonly count: number
  /** Default 0. */
  readonly seed?: number
  /** Images of one split never occur in the other; default `train`. */
  readonly split?: 'train' | 'test'
  /** Default 28. */
  readonly height?: number
  /** Default 28. */
  readonly width?: number
}

const CHUNK = 256

/**
 * Grey handwritten digits, white ink on black, labelled and about equally many of each. They are
 * drawn, not stored: strokes with varied shape, slant, width and position, in several ways of
 * writing each digit. Image i follows from seed, split and i alone, whatever the count.
 *
 * @throws ImagesError where count, height or width is no positive whole number, where the seed is no
 * whole number from 0, or where so many do not fit into memory
 */
export function glyphs(options: GlyphsOptions): ImageSet {
  const drawing = drawGlyphs(options)
  for (;;) {
    const { done, value } = drawing.next()
    if (done) return value
  }
}

/** Images between two pauses. */
const SLICE = 2048

/**
 * As `glyphs`, yielding after every few thousand images (their number so far), so that who draws many
 * can let other things happen in between.
 */
export function* drawGlyphs(options: GlyphsOptions): Generator<number, ImageSet, undefined> {
  const { count, seed = 0, split = 'train', height = 28, width = 28 } = options
  const shape = { channels: 1, height, width }
  const size = imageSize(shape)
  if (!Number.isInteger(count) || count < 1) {
    throw new ImagesError(`glyphs: no usable count, got ${count}, expected a whole number from 1`)
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ImagesError(
      `glyphs: no usable seed, got ${seed}, expected a whole number from 0 to 2^53 - 1`,
    )
  }
  const data = room(count, size)
  const labels = new Uint16Array(count)
  for (const { index, draws } of drawsOf(count, seed, split)) {
    const label = drawnLabel(draws)
    labels[index] = label
    const raster = { data, offset: index * size, height, width }
    for (const ink of write(label, draws, { height, width })) draw(raster, ink)
    if ((index + 1) % SLICE === 0) yield index + 1
  }
  const classNames = Array.from({ length: 10 }, (_, digit) => String(digit))
  return imageSet({ name: `glyphs (${split})`, shape, data, labels, classNames })
}

/** Zeros for so many images. */
function room(count: number, size: number): Uint8Array {
  try {
    return new Uint8Array(count * size)
  } catch (cause) {
    throw new ImagesError(
      `glyphs: too many for the memory, got ${count} images of ${size} bytes, expected fewer`,
      { cause },
    )
  }
}

/** Each image's random numbers, from streams `glyphs/<split>/choice` and `glyphs/<split>/shape`. */
function* drawsOf(
  count: number,
  seed: number,
  split: string,
): Generator<{ index: number; draws: Draws }, void, undefined> {
  const choice = randomStream(seed, `glyphs/${split}/choice`)
  const shape = randomStream(seed, `glyphs/${split}/shape`)
  for (let first = 0; first < count; first += CHUNK) {
    const images = Math.min(CHUNK, count - first)
    const uniforms = choice.uniforms(images * UNIFORMS, first * UNIFORMS)
    const normals = shape.normals(images * NORMALS, first * NORMALS)
    for (let i = 0; i < images; i++) {
      const draws = {
        uniforms: uniforms.subarray(i * UNIFORMS, (i + 1) * UNIFORMS),
        normals: normals.subarray(i * NORMALS, (i + 1) * NORMALS),
      }
      yield { index: first + i, draws }
    }
  }
}
