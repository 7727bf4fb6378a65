// Convolutions of images as products of matrices, in which a row holds all that one window sees.
import { attr, elementCount, tensorOf } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { permute } from './layout.js'
import type { Window, WindowAxis } from './window.js'

/** Copying pixels of a single channel one by one costs more than the products save. */
const LEAST_CHANNELS = 2

/**
 * Whether a convolution of such images is written as a product: where the trace asks for that, for
 * images with channels last and more than one of them, and windows without holes.
 */
export function isProduct(
  window: Window,
  { first, channels }: { readonly first: boolean; readonly channels: number | undefined },
  recorder: Recorder,
): boolean {
  if (recorder.convolutions !== 'products' || first || window.length !== 2) return false
  return (channels ?? 0) >= LEAST_CHANNELS && window.every(({ dilation }) => dilation === 1)
}

interface Forward {
  readonly x: Operand
  /** [height, width, in, out] */
  readonly filter: Operand
}

/** patches(x) W: [batch, height, width, in] to [batch, rows, columns, out]. */
export function convolveByProduct(
  { x, filter }: Forward,
  window: Window,
  recorder: Recorder,
): Operand {
  const [batch = 1] = x.dims
  const outputs = filter.dims[3] ?? 1
  const rows = patchRows(x, window.map(seen), recorder)
  const weights = recorder.reshape(filter, [elementCount(filter.dims) / outputs, outputs])
  const y = recorder.node('MatMul', [rows, weights])
  return recorder.reshape(y, [batch, ...window.map(({ output }) => output), outputs])
}

/**
 * The gradient by the images, or a transposed convolution: [batch, rows, columns, out] to
 * [batch, height, width, in]. A stride s splits the images into s * s grids of pixels that the same taps
 * reach; one product of patches of the gradient gives all grids, which then are put together.
 */
export function convolveBackByProduct(
  { dy, filter }: { readonly dy: Operand; readonly filter: Operand },
  window: Window,
  recorder: Recorder,
): Operand {
  const [batch = 1] = dy.dims
  const channels = filter.dims[2] ?? 1
  const rows = patchRows(dy, window.map(reached), recorder)
  const grids = recorder.node('MatMul', [rows, gridWeights(filter, window, recorder)])
  const [height = 1, width = 1] = window.map((axis) => span(axis))
  const [down = 1, across = 1] = window.map(({ stride }) => stride)
  const apart = recorder.reshape(grids, [batch, height, width, down, across, channels])
  const together = recorder.reshape(permute(apart, [0, 1, 3, 2, 4, 5], recorder), [
    batch,
    height * down,
    width * across,
    channels,
  ])
  return inside(together, window, recorder)
}

/** The gradient by the filter, [height, width, in, out]. */
export function filterGradientByProduct(
  { x, dy }: { readonly x: Operand; readonly dy: Operand },
  window: Window,
  recorder: Recorder,
): Operand {
  const taps = window.map(({ kernel }) => kernel)
  const [inputs, outputs] = [x, dy].map((each) => each.dims[3] ?? 1) as [number, number]
  const transA = attr.int(1)
  // Without strides the patches may be either side's: those of the gradient serve the images' too.
  if (outputs <= inputs && window.every(({ stride }) => stride === 1)) {
    const rows = patchRows(dy, window.map(reached), recorder)
    const pixels = recorder.reshape(x, [elementCount(x.dims) / inputs, inputs])
    const product = recorder.node('Gemm', [rows, pixels], { transA })
    return permute(recorder.reshape(product, [...taps, outputs, inputs]), [0, 1, 3, 2], recorder)
  }
  const rows = patchRows(x, window.map(seen), recorder)
  const gradients = recorder.reshape(dy, [elementCount(dy.dims) / outputs, outputs])
  const product = recorder.node('Gemm', [rows, gradients], { transA })
  return recorder.reshape(product, [...taps, inputs, outputs])
}

/** Along one axis, for each patch the places of its taps; outside of the size where there is none. */
interface Places {
  readonly size: number
  readonly patches: readonly (readonly number[])[]
}

/** What the windows see of the images. */
function seen({ input, output, kernel, stride, begin }: WindowAxis): Places {
  return { size: input, patches: grid(output, kernel, (o, k) => o * stride + k - begin) }
}

/** What of the gradient reaches the pixels q of each grid: q, q - 1, ... as far as the filter goes. */
function reached(axis: WindowAxis): Places {
  const { output, begin, stride } = axis
  const first = Math.floor(begin / stride)
  return { size: output, patches: grid(span(axis), depth(axis), (q, m) => first + q - m) }
}

/** How many pixels of a grid lie along an axis. */
function span({ input, begin, stride }: WindowAxis): number {
  return Math.floor((begin + input - 1) / stride) - Math.floor(begin / stride) + 1
}

/** How many taps reach a pixel along an axis, at most. */
const depth = ({ kernel, stride }: WindowAxis) => Math.ceil(kernel / stride)

function grid(rows: number, columns: number, place: (row: number, column: number) => number) {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => place(row, column)),
  )
}

/** From [batch, height, width, channels] to [batch * patches, taps * channels], zeros around. */
function patchRows(x: Operand, axes: readonly Places[], recorder: Recorder): Operand {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.dims
  const [rows, columns] = axes as [Places, Places]
  const pixels = height * width
  const inRange = (place: number, { size }: Places) => place >= 0 && place < size
  const indices = rows.patches.flatMap((down) =>
    columns.patches.flatMap((across) =>
      down.flatMap((i) =>
        across.map((j) => (inRange(i, rows) && inRange(j, columns) ? i * width + j : pixels)),
      ),
    ),
  )
  const taps = (rows.patches[0]?.length ?? 1) * (columns.patches[0]?.length ?? 1)
  const shape = [(batch * indices.length) / taps, taps * channels]
  const flat = recorder.reshape(x, [batch, pixels, channels])
  if (indices.length === pixels && indices.every((index, i) => index === i)) {
    return recorder.reshape(flat, shape)
  }
  const framed = indices.includes(pixels) ? withZero(flat, recorder) : flat
  // Half as wide as int64: what is copied are single pixels, so that reading the places counts.
  const places = tensorOf('int32', [indices.length], indices)
  const taken = recorder.builder.initializer('places', places)
  const gathered = recorder.node('Gather', [framed, taken], { axis: attr.int(1) })
  return recorder.reshape(gathered, shape)
}

/** [batch, pixels, channels] with a pixel of zeros behind the others. */
function withZero(x: Operand, recorder: Recorder): Operand {
  return recorder.node('Pad', [x, recorder.list([0, 0, 0, 0, 1, 0])])
}

/** [taps that reach a pixel * out, grids * in], with zeros for taps beyond the filter. */
function gridWeights(filter: Operand, window: Window, recorder: Recorder): Operand {
  const [inputs = 1, outputs = 1] = filter.dims.slice(2)
  const missing = window.map((axis) => depth(axis) * axis.stride - axis.kernel)
  const pads = [0, 0, 0, 0, ...missing, 0, 0]
  const whole = missing.some((count) => count > 0)
    ? recorder.node('Pad', [filter, recorder.list(pads)])
    : filter
  const apart = window.flatMap((axis) => [depth(axis), axis.stride])
  const split = recorder.reshape(whole, [...apart, inputs, outputs])
  const ordered = permute(split, [0, 2, 5, 1, 3, 4], recorder)
  const taps = elementCount(window.map(depth))
  return recorder.reshape(ordered, [taps * outputs, elementCount(ordered.dims) / (taps * outputs)])
}

/** The part of all grids together that the images had. */
function inside(x: Operand, window: Window, recorder: Recorder): Operand {
  const starts = window.map(({ begin, stride }) => begin - Math.floor(begin / stride) * stride)
  const ends = window.map(({ input }, i) => (starts[i] ?? 0) + input)
  if (starts.every((start, i) => start === 0 && ends[i] === x.dims[i + 1])) return x
  return recorder.node('Slice', [x, ...[starts, ends, [1, 2]].map((list) => recorder.list(list))])
}
