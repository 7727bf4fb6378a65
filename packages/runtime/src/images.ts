// Images as callers pass them in: checked, counted and cut into float32 batches.
import { checkLength, checkValues, isDims, kindOf, rowCount, valuesAndShape } from './check.js'
import { refuse } from './error.js'
import type { ImageShape } from './manifest.js'
import { ownCopy } from './own-copy.js'

/** Pixel values: float32 from 0 to 1, or uint8 from 0 to 255 (divided by 255). */
export type Pixels = Float32Array | Uint8Array

/** An image of a canvas: an `ImageData`, or what is made like it. */
export interface CanvasPixels {
  /** RGBA, 0 to 255, row by row. */
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
}

/**
 * One image or more, channels first, one after another: the values alone, or with their shape, which
 * is then checked too: [images, channels, height, width], [channels, height, width], or that of each
 * image as an object (an `ImageSet` of @anyvae/images fits as it is). A tensor of onnxruntime has its
 * shape as `dims`.
 *
 * Or one `ImageData` of the model's size: its alpha is left out, and a grey model gets the luma
 * 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
 */
export type Images =
  | Pixels
  | { readonly data: Pixels; readonly shape: readonly number[] | ImageShape }
  | { readonly data: Pixels; readonly dims: readonly number[] }
  | CanvasPixels

/** Images that passed the checks. */
export interface CheckedImages {
  readonly count: number
  /** Images `start` to `start + count` as float32, 0 to 1. */
  batch(start: number, count: number): Float32Array
}

/** Checks images against the shape that a model expects. Throws RuntimeError. */
export function checkImages(images: Images, expected: ImageShape): CheckedImages {
  const own = ownCopy(images)
  const { data, shape } = valuesAndShape(own)
  if (data instanceof Uint8ClampedArray) {
    return checkImages(planes(data, own as Partial<CanvasPixels>, expected), expected)
  }
  if (!(data instanceof Float32Array || data instanceof Uint8Array)) {
    const known = 'a Float32Array (see Float32Array.from), a Uint8Array or an ImageData'
    refuse('images: wrong type', kindOf(data), known)
  }
  const size = expected.channels * expected.height * expected.width
  if (shape !== undefined) checkShape(shape, expected)
  const count = rowCount('images', data.length, size)
  if (isDims(shape)) checkLength('images', data.length, shape)
  if (data instanceof Float32Array) checkValues('images', data, ZERO_TO_ONE)
  return {
    count,
    batch(start, number) {
      const part = data.subarray(start * size, (start + number) * size)
      return part instanceof Float32Array ? part : Float32Array.from(part, (value) => value / 255)
    },
  }
}

/** RGBA as channels one after another, 0 to 1. */
function planes(
  data: Uint8ClampedArray,
  { width, height }: Partial<CanvasPixels>,
  expected: ImageShape,
): Images {
  if (width === undefined || height === undefined) {
    refuse('images: wrong type', kindOf(data), 'the whole ImageData, whose data alone is RGBA')
  }
  const { channels } = expected
  if (channels !== 1 && channels !== 3) {
    refuse('images: wrong channels', 'an ImageData', `${channels} channels as values`)
  }
  const shape = [channels, height, width]
  checkShape(shape, expected)
  const area = width * height
  checkLength('images', data.length, [height, width, 4])
  const colour = (at: number): number => data[at] ?? 0
  // In whole numbers until the end, so that greys stay what they are.
  const luma = (at: number): number =>
    (299 * colour(at) + 587 * colour(at + 1) + 114 * colour(at + 2)) / 1000
  const value = channels === 1 ? luma : colour
  const values = Float32Array.from(
    { length: channels * area },
    (_, i) => value(4 * (i % area) + Math.floor(i / area)) / 255,
  )
  return { data: values, shape }
}

const ZERO_TO_ONE = {
  usable: (x: number) => x >= 0 && x <= 1,
  expected: 'float32 values from 0 to 1 (or a Uint8Array of 0 to 255)',
}

function checkShape(shape: unknown, expected: ImageShape): void {
  const got = isDims(shape) ? { ...shapeOf(shape) } : sides(shape)
  for (const side of ['channels', 'height', 'width'] as const) {
    if (got[side] !== expected[side]) {
      refuse(`images: wrong ${side}`, got[side], expected[side])
    }
  }
}

function sides(shape: unknown): Readonly<Record<string, unknown>> {
  if (typeof shape === 'object' && shape !== null) return { ...shape }
  refuse('images: wrong shape', shape, '[images, channels, height, width]')
}

function shapeOf(shape: readonly number[]): ImageShape {
  const [channels, height, width] = shape.slice(-3)
  if (channels === undefined || height === undefined || width === undefined || shape.length > 4) {
    refuse('images: wrong shape', shape, '[images, channels, height, width]')
  }
  return { channels, height, width }
}
