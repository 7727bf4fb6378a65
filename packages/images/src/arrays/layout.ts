// The order of an array's axes: which are images, channels, rows and columns.
import { ImagesError } from '../error.js'
import type { ImageShape } from '../image-set.js'

/**
 * The axes of an array, outermost first, by their letters: `n` images, `c` channels, `h` rows, `w`
 * columns. `nhwc` is Keras's order, `nchw` PyTorch's, `hwcn` that of MATLAB's files; `nhw` has no channels.
 */
export type AxisOrder = string

/** What is known of images beside an array's dimensions. */
export interface LayoutOptions {
  /** Height and width of the images. */
  readonly size?: { readonly height: number; readonly width: number } | undefined
  readonly channels?: number | undefined
  readonly layout?: AxisOrder | undefined
}

/** How an array's values are images. */
export interface ArrayLayout {
  readonly shape: ImageShape
  readonly count: number
  readonly axes: AxisOrder
}

const MOST_CHANNELS = 4

/**
 * How an array of these dimensions is images. With a layout as that says. Else three dimensions are
 * [n, h, w], and two [n, h * w] or [n, c * h * w] where a size is given. Of four, the last or the second are channels if
 * they are 1 to 4; where both are, the size and channels that are asked for decide if they fit one alone.
 *
 * @throws ImagesError where the dimensions are none of these, or fit both
 */
export function arrayLayout(
  dims: readonly number[],
  where: string,
  options: LayoutOptions = {},
): ArrayLayout {
  const { size, channels = 1, layout } = options
  if (layout !== undefined) return askedLayout(dims, where, layout)
  if (dims.length === 3) return layoutOf(dims, 'nhw')
  if (dims.length === 4) return fourAxes(dims, where, options)
  const [count = 0, length] = dims
  if (dims.length === 2 && size && length === channels * size.height * size.width) {
    return { shape: { channels, ...size }, count, axes: 'nchw' }
  }
  throw noImages(dims, where)
}

function fourAxes(dims: readonly number[], where: string, options: LayoutOptions): ArrayLayout {
  const possible = ['nhwc', 'nchw'].map((axes) => layoutOf(dims, axes)).filter(mayBe)
  const [first, second] = possible
  if (!first) throw noImages(dims, where)
  if (!second) return first
  const [fitting, another] = possible.filter(({ shape }) => fits(shape, options))
  if (fitting && !another) return fitting
  throw new ImagesError(
    `${where}: order of dimensions not clear, got shape ${show(dims)}, expected --layout nchw (${describe(second)}) or --layout nhwc (${describe(first)})`,
  )
}

function mayBe({ shape: { channels } }: ArrayLayout): boolean {
  return channels <= MOST_CHANNELS
}

function fits({ channels, height, width }: ImageShape, asked: LayoutOptions): boolean {
  const { size } = asked
  const sized = size ? size.height === height && size.width === width : true
  return sized && (asked.channels === undefined || asked.channels === channels)
}

function describe({ shape: { channels, height, width } }: ArrayLayout): string {
  return `${height}x${width}, ${channels} ${channels === 1 ? 'channel' : 'channels'}`
}

/** @throws ImagesError for what names no order of axes */
export function checkLayout(layout: AxisOrder): void {
  const sorted = [...layout].sort().join('')
  if (sorted === 'chnw' || sorted === 'hnw') return
  throw new ImagesError(
    `layout: unknown, got '${layout}', expected the letters n, c, h, w (or n, h, w) in the array's order, such as nchw, nhwc or hwcn`,
  )
}

function askedLayout(dims: readonly number[], where: string, layout: AxisOrder): ArrayLayout {
  checkLayout(layout)
  if (dims.length === layout.length) return layoutOf(dims, layout)
  throw new ImagesError(
    `${where}: another number of dimensions, got shape ${show(dims)}, expected ${layout.length} as in layout ${layout}`,
  )
}

function layoutOf(dims: readonly number[], axes: AxisOrder): ArrayLayout {
  const sizeOf = (axis: string) => dims[axes.indexOf(axis)] ?? 0
  const channels = axes.includes('c') ? sizeOf('c') : 1
  return { shape: { channels, height: sizeOf('h'), width: sizeOf('w') }, count: sizeOf('n'), axes }
}

function noImages(dims: readonly number[], where: string): ImagesError {
  const wanted =
    '[n, h, w], [n, h, w, c], [n, c, h, w], or [n, h * w] with a size given (--size); --layout names another order, such as hwcn'
  return new ImagesError(`${where}: no images, got shape ${show(dims)}, expected ${wanted}`)
}

/** A shape as arrays have it: `[10, 28, 28]`. */
export function show(dims: readonly number[]): string {
  return `[${dims.join(', ')}]`
}

/** Bytes whose axes lie in any order, as images one after another, channels first. */
export function imagesFirst(bytes: Uint8Array, { shape, count, axes }: ArrayLayout): Uint8Array {
  const { channels, height, width } = shape
  const strideOf = strides({ n: count, c: channels, h: height, w: width }, axes)
  const [image, plane, row, column] = ['n', 'c', 'h', 'w'].map(strideOf)
  if (isInPlace(axes, channels)) return bytes
  const ordered = new Uint8Array(bytes.length)
  let to = 0
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      for (let h = 0; h < height; h++) {
        const from = n * (image ?? 0) + c * (plane ?? 0) + h * (row ?? 0)
        for (let w = 0; w < width; w++) ordered[to++] = bytes[from + w * (column ?? 0)] ?? 0
      }
    }
  }
  return ordered
}

function isInPlace(axes: AxisOrder, channels: number): boolean {
  return axes === 'nchw' || (channels === 1 && axes.replace('c', '') === 'nhw')
}

function strides(
  sizes: Readonly<Record<string, number>>,
  axes: AxisOrder,
): (axis: string) => number {
  return (axis) => {
    const at = axes.indexOf(axis)
    if (at < 0) return 0
    return [...axes.slice(at + 1)].reduce((product, inner) => product * (sizes[inner] ?? 1), 1)
  }
}

/** From HWC to CHW, image by image. */
export function toPlanes(bytes: Uint8Array, shape: ImageShape): Uint8Array {
  const { channels, height, width } = shape
  const count = bytes.length / (channels * height * width)
  return imagesFirst(bytes, { shape, count, axes: 'nhwc' })
}
