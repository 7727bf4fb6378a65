// Gradients of pools.
import { attr, elementCount, type Value } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { convolveBack } from './convolution.js'
import { fitted, pad, uncut, windowAttributes } from './framing.js'
import { channelsFirst, channelsLast } from './layout.js'
import type { Lowering } from './lowering.js'
import { fold, largest, patches, spread, tapCount, tapsTogether, type Tie } from './patches.js'
import { LOWEST, maxPoolOf, overCounts, paddingFits, withoutNaN } from './pooling.js'
import { extent, poolWindow, volumePoolWindow, type Window } from './window.js'

/**
 * avgPoolGrad(dy: Tensor4D, input: Tensor4D, filterSize, strides, pad): each element of a window
 * gets the same part, padding included, unlike in the pool itself; without it where gradients are to
 * be exact.
 */
const avgPoolGrad: Lowering<'AvgPoolGrad'> = ({ dy, input }, attributes, recorder) => {
  const { filterSize, strides, pad } = attributes
  return averageGradient(
    { dy, input },
    poolWindow(input.dims, { filterSize, strides, pad }),
    recorder,
  )
}

/** avgPool3dGrad(dy: Tensor5D, input: Tensor5D, filterSize, strides, pad, dimRoundingMode) */
const avgPool3dGrad: Lowering<'AvgPool3DGrad'> = ({ dy, input }, attributes, recorder) =>
  averageGradient({ dy, input }, volumePoolWindow(input.dims, attributes), recorder)

function averageGradient({ dy, input }: Inputs, window: Window, recorder: Recorder): Operand {
  const isPadded = window.some(({ begin, end }) => begin > 0 || end > 0)
  if (isPadded && recorder.gradients === 'exact') {
    const given = overCounts(dy, { input, window }, recorder)
    return spreadEvenly(given, window, { share: 1, recorder })
  }
  const tiled = window.every(({ kernel, stride, begin }) => kernel === stride && begin === 0)
  const share = 1 / tapCount(window)
  if (tiled) {
    const given = fitted(dy, { window, first: false }, recorder)
    const part = recorder.elementwise('Mul', [given, recorder.fill('float32', [], share)])
    return enlarge(part, window, recorder)
  }
  return spreadEvenly(dy, window, { share, recorder })
}

/** Adds a share of each gradient to all elements of its window. */
function spreadEvenly(
  dy: Operand,
  window: Window,
  { share, recorder }: { readonly share: number; readonly recorder: Recorder },
): Operand {
  const channels = dy.dims[dy.dims.length - 1] ?? 1
  const dims = [channels, 1, ...window.map(({ kernel }) => kernel)]
  const filter = recorder.fill('float32', dims, share)
  return convolveBack({ dy, filter }, { window, first: false, group: channels }, recorder)
}

/** Repeats each element over its window, where windows lie side by side. */
function enlarge(x: Operand, window: Window, recorder: Recorder): Operand {
  const [batch = 1] = x.dims
  const channels = x.dims[x.dims.length - 1] ?? 1
  const single = window.flatMap(({ output }) => [output, 1])
  const repeated = recorder.node('Expand', [
    recorder.reshape(x, [batch, ...single, channels]),
    recorder.builder.shape([1, ...window.flatMap(({ kernel }) => [1, kernel]), 1]),
  ])
  const sizes = window.map(({ output, kernel }) => output * kernel)
  const whole = recorder.reshape(repeated, [batch, ...sizes, channels])
  return resized(whole, window, recorder)
}

/** Cuts what reached into the padding, and adds zeros where no window reached. */
function resized(x: Operand, window: Window, recorder: Recorder): Operand {
  const axes = window.flatMap(({ end }, i) => (end > 0 ? [i + 1] : []))
  const lists = [axes.map(() => 0), axes.map((i) => -(window[i - 1]?.end ?? 0)), axes]
  const sliced =
    axes.length === 0 ? x : recorder.node('Slice', [x, ...lists.map((list) => recorder.list(list))])
  const ends = [0, ...window.map(({ end }) => Math.max(0, -end)), 0]
  return pad(sliced, { begins: ends.map(() => 0), ends, value: 0 }, recorder)
}

/**
 * maxPoolGrad(dy: Tensor4D, input: Tensor4D, output: Tensor4D, filterSize, strides, pad): of equal
 * elements the first one gets all.
 */
const maxPoolGrad: Lowering<'MaxPoolGrad'> = ({ dy, input }, attributes, recorder) => {
  const window = poolWindow(input.dims, attributes)
  const apart = window.every((axis) => axis.stride >= extent(axis))
  return paddingFits(window) && (apart || recorder.builder.opset >= SCATTER_ADDS)
    ? toPlaces({ dy, input }, { window, apart }, recorder)
    : maximumGradient({ dy, input }, { window, tie: 'first' }, recorder)
}

/** From here on ScatterElements can add up what goes to one place. */
const SCATTER_ADDS = 16

/** maxPool3dGrad(dy, input, output, …): of equal elements, unlike with images, the last one gets all. */
const maxPool3dGrad: Lowering<'MaxPool3DGrad'> = ({ dy, input }, attributes, recorder) => {
  const window = volumePoolWindow(input.dims, attributes)
  return maximumGradient({ dy, input }, { window, tie: 'last' }, recorder)
}

interface Inputs {
  readonly dy: Operand
  readonly input: Operand
}

/** Each gradient goes to where the maximum was. */
function toPlaces(
  { dy, input }: Inputs,
  { window, apart }: { readonly window: Window; readonly apart: boolean },
  recorder: Recorder,
): Operand {
  // Places count in the part that windows see, so all else must be cut off, rests of strides too.
  const seen = window.map((axis) => ({ ...axis, stride: 1 }))
  const [, places] = maxPoolOf(input, { window, seen, outputCount: 2 }, recorder)
  const gradient = fitted(channelsFirst(dy, recorder), { window, first: true }, recorder)
  const { kernel_shape, strides, pads } = windowAttributes(window)
  const part = apart
    ? recorder.node('MaxUnpool', [gradient, places], { kernel_shape, strides, pads })
    : scattered({ gradient, places }, seen, recorder)
  return channelsLast(uncut(part, seen, recorder), recorder)
}

/** Where windows overlap, a place can get several gradients. */
function scattered(
  { gradient, places }: { readonly gradient: Operand; readonly places: Value | undefined },
  seen: Window,
  recorder: Recorder,
): Operand {
  const { builder } = recorder
  const [batch = 1, channels = 1] = gradient.dims
  const sizes = seen.map(({ input, begin, end }) => input + Math.min(0, begin) + Math.min(0, end))
  const dims = [batch, channels, ...sizes]
  const flat = [elementCount(gradient.dims)]
  const sums = recorder.node(
    'ScatterElements',
    [
      recorder.fill('float32', [elementCount(dims)], 0),
      places && builder.reshape(places, flat),
      recorder.reshape(gradient, flat),
    ],
    { axis: attr.int(0), reduction: attr.string('add') },
  )
  return recorder.reshape(sums, dims)
}

/** For all windows: patches, of which the tap with the maximum gets the gradient. */
function maximumGradient(
  { dy, input }: Inputs,
  { window, tie }: { readonly window: Window; readonly tie: Tie },
  recorder: Recorder,
): Operand {
  const numbers = input.dataType === 'float32' ? withoutNaN(input, recorder) : input
  const taken = patches(numbers, { window, padding: LOWEST[input.dataType] }, recorder)
  const mask = largest(tapsTogether(taken, window, recorder), tie, recorder)
  const given = fitted(dy, { window, first: false }, recorder)
  return fold(spread(given, mask, recorder), window, recorder)
}

export const poolGradients = {
  AvgPool3DGrad: avgPool3dGrad,
  AvgPoolGrad: avgPoolGrad,
  MaxPool3DGrad: maxPool3dGrad,
  MaxPoolGrad: maxPoolGrad,
} as const
