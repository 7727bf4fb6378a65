// Convolutions and their gradients: channels last in TensorFlow.js, channels first in ONNX.
import { backend_util } from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import { attr } from '@anyvae/onnx'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

const CHANNELS_FIRST = [0, 3, 1, 2]
const CHANNELS_LAST = [0, 2, 3, 1]
/** From [height, width, in, out], the filter of TensorFlow.js, to [out, in, height, width]. */
const OUT_IN_FIRST = [3, 2, 0, 1]

type Shape4 = [number, number, number, number]
type ConvAttributes = Parameters<Lowering<'Conv2D'>>[1]

/** conv2d(x: Tensor4D, filter: Tensor4D, strides, pad, dataFormat, dilations) */
const conv2d: Lowering<'Conv2D'> = ({ x, filter }, attributes, recorder) => {
  const window = windowOf(x.dims, filter.dims, attributes)
  const y = recorder.node(
    'Conv',
    [recorder.transpose(x, CHANNELS_FIRST), recorder.transpose(filter, OUT_IN_FIRST)],
    convAttributes(window),
  )
  return recorder.transpose(y, CHANNELS_LAST)
}

/**
 * conv2DBackpropInput(dy: Tensor4D, filter: Tensor4D, inputShape), which also is conv2dTranspose:
 * the transposed convolution, with as much output padding as the strides left over.
 */
const conv2dBackpropInput: Lowering<'Conv2DBackpropInput'> = (
  { dy, filter },
  attributes,
  recorder,
) => {
  const window = windowOf(attributes.inputShape, filter.dims, { ...attributes, dilations: 1 })
  const x = recorder.node(
    'ConvTranspose',
    [recorder.transpose(dy, CHANNELS_FIRST), recorder.transpose(filter, OUT_IN_FIRST)],
    { ...convAttributes(window), output_padding: attr.ints(window.leftOver) },
  )
  return recorder.transpose(x, CHANNELS_LAST)
}

/**
 * conv2DBackpropFilter(x: Tensor4D, dy: Tensor4D, filterShape): a convolution of the images by the
 * gradients, in which channels take the batch's place and strides become dilations.
 */
const conv2dBackpropFilter: Lowering<'Conv2DBackpropFilter'> = (
  { x, dy },
  attributes,
  recorder,
) => {
  const { filterShape } = attributes
  const window = windowOf(x.dims, filterShape, { ...attributes, dilations: 1 })
  const gradient = recorder.node(
    'Conv',
    [recorder.transpose(x, [3, 0, 1, 2]), recorder.transpose(dy, [3, 0, 1, 2])],
    convAttributes({
      ...window,
      kernel: dy.dims.slice(1, 3),
      strides: [1, 1],
      dilations: window.strides,
    }),
  )
  const cut = window.leftOver.some((rest) => rest > 0)
    ? cutWindow(gradient, filterShape, recorder)
    : gradient
  return recorder.transpose(cut, [2, 3, 0, 1])
}

/** Drops the rows and columns of which the forward convolution saw nothing. */
function cutWindow(gradient: Operand, [height, width]: Shape4, recorder: Recorder): Operand {
  const value = recorder.builder.node('Slice', [
    recorder.value(gradient),
    recorder.list([0, 0]),
    recorder.list([height, width]),
    recorder.list([2, 3]),
  ])
  return { dataType: gradient.dataType, dims: value.dims, value }
}

interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly begin: readonly number[]
  /** No more than the windows reach. */
  readonly end: readonly number[]
  /** Rows and columns of the image itself that the strides never reach. */
  readonly leftOver: readonly number[]
}

function windowOf(
  x: readonly number[],
  filter: readonly number[],
  attributes: ConvAttributes,
): Window {
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attributes
  if (dataFormat !== 'NHWC') {
    throw new TraceError(`conv2d: data format is not supported, got ${dataFormat}, expected NHWC`)
  }
  const info = backend_util.computeConv2DInfo(
    shape4(x),
    shape4(filter),
    strides,
    dilations,
    pad,
    dimRoundingMode,
  )
  const { top, left, bottom, right } = info.padInfo
  const strideOf = [info.strideHeight, info.strideWidth]
  const unseen = [
    info.inHeight +
      top +
      bottom -
      info.effectiveFilterHeight -
      (info.outHeight - 1) * info.strideHeight,
    info.inWidth +
      left +
      right -
      info.effectiveFilterWidth -
      (info.outWidth - 1) * info.strideWidth,
  ]
  const end = [bottom, right].map((pad, axis) => Math.max(0, pad - (unseen[axis] ?? 0)))
  const leftOver = unseen.map((rest, axis) => Math.max(0, rest - ([bottom, right][axis] ?? 0)))
  if (leftOver.some((rest, axis) => rest >= (strideOf[axis] ?? 1))) {
    throw new TraceError(
      `conv2d: TensorFlow.js takes the filter's height for its width here, got a filter of ${info.filterHeight} x ${info.filterWidth} and padding as a number, expected 'same', 'valid' or a square filter`,
    )
  }
  return {
    kernel: [info.filterHeight, info.filterWidth],
    strides: strideOf,
    dilations: [info.dilationHeight, info.dilationWidth],
    begin: [top, left],
    end,
    leftOver,
  }
}

function convAttributes(window: Window) {
  return {
    kernel_shape: attr.ints(window.kernel),
    strides: attr.ints(window.strides),
    dilations: attr.ints(window.dilations),
    pads: attr.ints([...window.begin, ...window.end]),
    group: attr.int(1),
  }
}

function shape4([a = 1, b = 1, c = 1, d = 1]: readonly number[]): Shape4 {
  return [a, b, c, d]
}

export const convolution = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
} as const
