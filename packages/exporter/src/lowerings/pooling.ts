// Pools of images and volumes.
import { attr, type Value } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Operand, OperandType } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import { cut, isCut, pad, paddedWindow, paddings, windowAttributes } from './framing.js'
import { channelsFirst, channelsLast } from './layout.js'
import type { Lowering } from './lowering.js'
import { poolWindow, volumePoolWindow, type Window } from './window.js'

/** avgPool(x: Tensor4D, filterSize, strides, pad, dimRoundingMode); padding does not count. */
const avgPool: Lowering<'AvgPool'> = ({ x }, attributes, recorder) => {
  const window = poolWindow(x.dims, attributes)
  return keepsAll(window) ? x : average(x, window, recorder)
}

/** avgPool3d(x: Tensor5D, filterSize, strides, pad, dimRoundingMode, dataFormat) */
const avgPool3d: Lowering<'AvgPool3D'> = ({ x }, attributes, recorder) =>
  average(x, volumePoolWindow(x.dims, attributes), recorder)

/** maxPool(x: Tensor4D, filterSize, strides, pad, dimRoundingMode) */
const maxPool: Lowering<'MaxPool'> = ({ x }, attributes, recorder) => {
  const window = poolWindow(x.dims, attributes)
  return keepsAll(window) ? x : maximum(x, window, recorder)
}

/** maxPool3d(x: Tensor5D, filterSize, strides, pad, dimRoundingMode, dataFormat); gives float32. */
const maxPool3d: Lowering<'MaxPool3D'> = ({ x }, attributes, recorder) =>
  recorder.cast(maximum(x, volumePoolWindow(x.dims, attributes), recorder), 'float32')

/** Windows of one element each, which leave nothing out. */
const keepsAll = (window: Window) =>
  window.every(({ kernel, input, output }) => kernel === 1 && input === output)

/** ONNX Runtime wants each padding to be smaller than the window. */
export const paddingFits = (window: Window) =>
  window.every(({ begin, end, kernel }) => begin < kernel && end < kernel)

function average(x: Operand, window: Window, recorder: Recorder): Operand {
  const images = cut(channelsFirst(x, recorder), window, recorder)
  const result = paddingFits(window)
    ? averagePool(images, window, recorder)
    : averageOfPadded(images, window, recorder)
  return channelsLast(result, recorder)
}

function averagePool(images: Operand, window: Window, recorder: Recorder): Operand {
  const { kernel_shape, strides, pads } = windowAttributes(window)
  const count_include_pad = attr.int(0)
  return recorder.node('AveragePool', [images], { kernel_shape, strides, pads, count_include_pad })
}

/**
 * Sums divided by how many elements they are of, for windows that may lie in the padding whole: their
 * average is NaN for images and, in TensorFlow.js, 0 for volumes.
 */
function averageOfPadded(images: Operand, window: Window, recorder: Recorder): Operand {
  const isVolume = images.dims.length === 5
  const counts = countsOf(images, window, recorder)
  const divisor = isVolume ? atLeastOne(counts, recorder) : counts
  return recorder.elementwise('Div', [sumPool(images, window, recorder), divisor])
}

/** How many elements each window sees, padding left out, [1, 1, ...]; images with channels first. */
function countsOf(images: Operand, window: Window, recorder: Recorder): Operand {
  const ones = recorder.fill('float32', [1, 1, ...images.dims.slice(2)], 1)
  return sumPool(ones, window, recorder)
}

function atLeastOne(counts: Operand, recorder: Recorder): Operand {
  return recorder.elementwise('Max', [counts, recorder.fill('float32', [], 1)])
}

/** The gradients of averages, divided by how many elements each is of; channels stand last. */
export function overCounts(
  dy: Operand,
  { input, window }: { readonly input: Operand; readonly window: Window },
  recorder: Recorder,
): Operand {
  const images = cut(channelsFirst(input, recorder), window, recorder)
  const counts = atLeastOne(countsOf(images, window, recorder), recorder)
  return recorder.elementwise('Div', [dy, channelsLast(counts, recorder)])
}

function sumPool(images: Operand, window: Window, recorder: Recorder): Operand {
  const [, channels = 1] = images.dims
  const dims = [channels, 1, ...window.map(({ kernel }) => kernel)]
  return recorder.node('Conv', [images, recorder.fill('float32', dims, 1)], {
    ...windowAttributes(window),
    group: attr.int(channels),
  })
}

function padded(images: Operand, window: Window, value: number, recorder: Recorder): Operand {
  const { begins, ends } = paddings(window)
  return pad(images, { begins: [0, 0, ...begins], ends: [0, 0, ...ends], value }, recorder)
}

function maximum(x: Operand, window: Window, recorder: Recorder): Operand {
  const [result] = maxPoolOf(x, { window, outputCount: 1 }, recorder)
  if (result === undefined) {
    return x
  }
  const typed = operandOf(recorder.builder.cast(result, x.dataType))
  return channelsLast(typed, recorder)
}

interface MaxPoolOptions {
  readonly window: Window
  /** The window by which to cut the input, where it is another one. */
  readonly seen?: Window
  /** With 2, where each maximum was, too: an index into the cut images, channels first. */
  readonly outputCount: 1 | 2
}

/** A MaxPool of images, channels first, in a type that it takes. */
export function maxPoolOf(x: Operand, options: MaxPoolOptions, recorder: Recorder): Value[] {
  const { window, seen = window, outputCount } = options
  const images = cut(channelsFirst(x, recorder), seen, recorder)
  const fits = paddingFits(window)
  const whole = fits ? images : padded(images, window, LOWEST[x.dataType], recorder)
  return recorder.builder.nodes('MaxPool', [comparable(whole, recorder)], {
    attributes: windowAttributes(fits ? window : paddedWindow(window)),
    outputCount,
  })
}

/** Never larger than anything in a window. */
export const LOWEST: Readonly<Record<OperandType, number>> = {
  float32: Number.NEGATIVE_INFINITY,
  int32: -(2 ** 31),
  bool: 0,
}

function comparable(x: Operand, recorder: Recorder): Value {
  if (x.dataType === 'float32') {
    return recorder.value(withoutNaN(x, recorder))
  }
  return recorder.builder.cast(recorder.value(x), x.dataType === 'int32' ? 'float64' : 'float32')
}

/** In TensorFlow.js NaN is never the largest; ONNX leaves open what becomes of it. */
export function withoutNaN(x: Operand, recorder: Recorder): Operand {
  if (recorder.assumeFinite) {
    return x
  }
  const numbers = recorder.node('Equal', [x, x])
  return recorder.elementwise('Where', [numbers, x, recorder.fill('float32', [], LOWEST.float32)])
}

/** maxPoolWithArgmax(x: Tensor4D, filterSize, strides, pad, includeBatchInIndex) */
const maxPoolWithArgmax: Lowering<'MaxPoolWithArgmax'> = ({ x }, attributes, recorder) => {
  const window = poolWindow(x.dims, attributes)
  if (isCut(window) || !paddingFits(window)) {
    throw new TraceError(
      `maxPoolWithArgmax: padding is not supported, got ${attributes.pad}, expected 'same', 'valid' or less than the filter's size`,
    )
  }
  const [maxima, places] = maxPoolOf(x, { window, outputCount: 2 }, recorder)
  if (maxima === undefined || places === undefined) {
    throw new TraceError('maxPoolWithArgmax: gave nothing, expected maxima and their places')
  }
  const pooled = operandOf(recorder.builder.cast(maxima, x.dataType))
  const indices = flatIndices(places, { dims: x.dims, ...attributes }, recorder)
  return [channelsLast(pooled, recorder), indices]
}

interface IndexOptions {
  readonly dims: readonly number[]
  readonly includeBatchInIndex: boolean
}

/** From places among all elements, channels first, to places in each image, channels last. */
function flatIndices(
  places: Value,
  { dims: [, height = 1, width = 1, channels = 1], includeBatchInIndex }: IndexOptions,
  recorder: Recorder,
): Operand {
  const { builder } = recorder
  const scalar = (value: number) => builder.scalar('int64', value)
  const last = builder.transpose(places, [0, 2, 3, 1])
  const pixel = builder.node('Mod', [last, scalar(height * width)])
  const channel = builder.list(Array.from({ length: channels }, (_, i) => i))
  const inside = builder.node('Add', [builder.node('Mul', [pixel, scalar(channels)]), channel])
  if (!includeBatchInIndex) {
    return recorder.operand(inside)
  }
  const image = scalar(height * width * channels)
  const start = builder.node('Sub', [last, builder.node('Mod', [last, image])])
  return recorder.operand(builder.node('Add', [start, inside]))
}

export const pooling = {
  AvgPool: avgPool,
  AvgPool3D: avgPool3d,
  MaxPool: maxPool,
  MaxPool3D: maxPool3d,
  MaxPoolWithArgmax: maxPoolWithArgmax,
} as const
