// Convolutions of images as products of matrices, in which a row holds all that one window sees.
import { attr, elementCount } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { cropped, gridsOf, joinedGrids, span, depth, type Grids } from './grids.js'
import { permute } from './layout.js'
import { patchRows, type Places } from './patch-rows.js'
import type { Window, WindowAxis } from './window.js'

/** Values that are copied in one piece, at least: one by one they cost more than products save. */
const LEAST_BLOCK = 2

/** Channels; with fewer and strides, the pixels between two windows become channels. */
const FEW = 4

/**
 * Whether a convolution of such images is written as a product: where the trace asks for that, for
 * images with channels last, windows without holes, and more than one value a pixel of a grid.
 */
export function isProduct(
  window: Window,
  { first, channels = 0 }: { readonly first: boolean; readonly channels: number | undefined },
  recorder: Recorder,
): boolean {
  if (recorder.convolutions !== 'products' || first || window.length !== 2) return false
  const block = channels * elementCount(window.map(({ stride }) => stride))
  return block >= LEAST_BLOCK && window.every(({ dilation }) => dilation === 1)
}

interface Forward {
  readonly x: Operand
  /** [height, width, in, out] */
  readonly filter: Operand
  readonly bias?: Operand
}

/** patches(x) W + bias: [batch, height, width, in] to [batch, rows, columns, out]. */
export function convolveByProduct(given: Forward, window: Window, recorder: Recorder): Operand {
  const { x, filter, axes } = isFine(given.x, window)
    ? { ...gridded(given, window, recorder), axes: window.map(seenInGrids) }
    : { ...given, axes: window.map(seen) }
  const { bias } = given
  // What else is broadcast, such as over rows, is no bias of a product.
  const inside = bias && bias.dims.length < 2 ? bias : undefined
  const [batch = 1] = x.dims
  const outputs = filter.dims.at(-1) ?? 1
  const weights = recorder.reshape(filter, [elementCount(filter.dims) / outputs, outputs])
  const rows = patchRows(x, axes, recorder)
  const y = joined(
    rows.map((each) =>
      inside
        ? recorder.node('Gemm', [each, weights, inside])
        : recorder.node('MatMul', [each, weights]),
    ),
    recorder,
  )
  const placed = recorder.reshape(y, [batch, ...window.map(({ output }) => output), outputs])
  return bias && !inside ? recorder.elementwise('Add', [placed, bias]) : placed
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
  const weights = backWeights(filter, window, recorder)
  const rows = patchRows(dy, window.map(reached), recorder)
  const grids = joined(
    rows.map((each) => recorder.node('MatMul', [each, weights])),
    recorder,
  )
  const shape = [batch, ...window.map(span), elementCount(grids.dims) / gridPixels(batch, window)]
  const together = joinedGrids(recorder.reshape(grids, shape), strides(window), recorder)
  const starts = window.map(({ begin, stride }) => begin - Math.floor(begin / stride) * stride)
  return cropped(together, { starts, sizes: window.map(({ input }) => input) }, recorder)
}

/** The gradient by the filter, [height, width, in, out]. */
export function filterGradientByProduct(
  { x, dy }: { readonly x: Operand; readonly dy: Operand },
  window: Window,
  recorder: Recorder,
): Operand {
  const taps = window.map(({ kernel }) => kernel)
  const [inputs, outputs] = [x, dy].map((each) => each.dims[3] ?? 1) as [number, number]
  // Without strides the patches may be either side's: those of the gradient serve the images' too.
  if (outputs <= inputs && window.every(({ stride }) => stride === 1)) {
    const rows = patchRows(dy, window.map(reached), recorder)
    const product = summed(rows, x, recorder)
    return permute(recorder.reshape(product, [...taps, outputs, inputs]), [0, 1, 3, 2], recorder)
  }
  if (!isFine(x, window)) {
    const product = summed(patchRows(x, window.map(seen), recorder), dy, recorder)
    return recorder.reshape(product, [...taps, inputs, outputs])
  }
  const grids = gridsOf(x, framed(window), recorder)
  const product = summed(patchRows(grids, window.map(seenInGrids), recorder), dy, recorder)
  const shape = [...window.map(depth), elementCount(strides(window)) * inputs * outputs]
  const apart = recorder.reshape(product, [1, ...shape])
  const whole = joinedGrids(apart, strides(window), recorder)
  const filter = cropped(whole, { starts: [0, 0], sizes: taps }, recorder)
  return recorder.reshape(filter, [...taps, inputs, outputs])
}

/** Whether windows skip pixels of so few values that those in between had better be copied with them. */
function isFine(x: Operand, window: Window): boolean {
  return (x.dims[3] ?? 1) < FEW && window.some(({ stride }) => stride > 1)
}

const strides = (window: Window) => window.map(({ stride }) => stride)

const gridPixels = (batch: number, window: Window) => batch * elementCount(window.map(span))

/** patches' y, summed over all groups of images: [taps * a, b]. */
function summed(groups: readonly Operand[], y: Operand, recorder: Recorder): Operand {
  const columns = y.dims.at(-1) ?? 1
  const flat = recorder.reshape(y, [elementCount(y.dims) / columns, columns])
  const sizes = groups.map(({ dims }) => dims[0] ?? 1)
  const parts = groups.length === 1 ? [flat] : recorder.split(flat, sizes)
  const [first, ...others] = groups.map((rows, i) => [rows, parts[i] ?? flat] as const)
  const transA = attr.int(1)
  const begun = recorder.node('Gemm', [...(first ?? [flat, flat])], { transA })
  return others.reduce((sum, pair) => recorder.node('Gemm', [...pair, sum], { transA }), begun)
}

function joined(parts: readonly Operand[], recorder: Recorder): Operand {
  const [first, ...others] = parts
  return first && others.length === 0
    ? first
    : recorder.node('Concat', parts, { axis: attr.int(0) })
}

/** What the windows see of the images. */
function seen({ input, output, kernel, stride, begin }: WindowAxis): Places {
  return { size: input, patches: grid(output, kernel, (o, k) => o * stride + k - begin) }
}

/** What the windows see of the images' grids, which begin where the first window does. */
function seenInGrids(axis: WindowAxis): Places {
  const { output } = axis
  return { size: output + depth(axis) - 1, patches: grid(output, depth(axis), (o, m) => o + m) }
}

/** What of the gradient reaches the pixels q of each grid: q, q - 1, ... as far as the filter goes. */
function reached(axis: WindowAxis): Places {
  const { output, begin, stride } = axis
  const first = Math.floor(begin / stride)
  return { size: output, patches: grid(span(axis), depth(axis), (q, m) => first + q - m) }
}

function grid(rows: number, columns: number, place: (row: number, column: number) => number) {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => place(row, column)),
  )
}

/** Images and filter as grids: a convolution without strides. */
function gridded({ x, filter }: Forward, window: Window, recorder: Recorder): Forward {
  const [, , inputs = 1, outputs = 1] = filter.dims
  const [height = 1, width = 1] = filter.dims
  const flat = recorder.reshape(filter, [1, height, width, inputs * outputs])
  const taps = gridsOf(
    flat,
    { begins: [0, 0], counts: window.map(depth), steps: strides(window) },
    recorder,
  )
  const last = elementCount(strides(window)) * inputs
  return {
    x: gridsOf(x, framed(window), recorder),
    filter: recorder.reshape(taps, [...window.map(depth), last, outputs]),
  }
}

function framed(window: Window): Grids {
  return {
    begins: window.map(({ begin }) => begin),
    counts: window.map((axis) => axis.output + depth(axis) - 1),
    steps: strides(window),
  }
}

/** [taps that reach a pixel * out, grids * in], with zeros for taps beyond the filter. */
function backWeights(filter: Operand, window: Window, recorder: Recorder): Operand {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = filter.dims
  // Outputs before inputs first: so that what moves with the grids are rows of inputs.
  const turned = permute(filter, [0, 1, 3, 2], recorder)
  const flat = recorder.reshape(turned, [1, height, width, outputs * inputs])
  const grids = gridsOf(
    flat,
    { begins: [0, 0], counts: window.map(depth), steps: strides(window) },
    recorder,
  )
  const taps = elementCount(window.map(depth))
  const steps = elementCount(strides(window))
  const apart = recorder.reshape(grids, [taps, steps, outputs, inputs])
  return recorder.reshape(permute(apart, [0, 2, 1, 3], recorder), [taps * outputs, steps * inputs])
}
