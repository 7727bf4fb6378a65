// Depthwise convolutions, each channel by filters of its own, and their gradients.
import { attr } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { activate } from './activation.js'
import { convolve, convolveBack } from './convolution.js'
import { cut, fitted, windowAttributes } from './framing.js'
import { batchSecond, permute } from './layout.js'
import type { Lowering } from './lowering.js'
import { convWindow, exchanged } from './window.js'

/** depthwiseConv2d(x: Tensor4D, filter: Tensor4D, strides, pad, dataFormat, dilations, dimRoundingMode) */
const depthwise: Lowering<'DepthwiseConv2dNative'> = ({ x, filter }, attributes, recorder) => {
  const [, , channels = 1] = filter.dims
  const window = convWindow(x.dims, filter.dims, given(attributes))
  return convolve(
    { x, filter: filterOf(filter, recorder) },
    { window, first: attributes.dataFormat === 'NCHW', group: channels },
    recorder,
  )
}

/**
 * fused.depthwiseConv2d({ x, filter, strides, pad, dataFormat, dilations, dimRoundingMode, bias,
 * activation, preluActivationWeights, leakyreluAlpha })
 */
const fusedDepthwise: Lowering<'FusedDepthwiseConv2D'> = (inputs, attributes, recorder) => {
  const { x, filter, bias, preluActivationWeights: preluWeights } = inputs
  const [, , channels = 1] = filter.dims
  const window = convWindow(x.dims, filter.dims, given(attributes))
  const y = convolve(
    { x, filter: filterOf(filter, recorder), ...(bias && { bias }) },
    { window, first: attributes.dataFormat === 'NCHW', group: channels },
    recorder,
  )
  const { activation, leakyreluAlpha } = attributes
  return activate(y, activation, { leakyreluAlpha, preluWeights }, recorder)
}

/** Attributes whose dilations are null where a saved model does not name them. */
function given<T extends { readonly dilations: number | [number, number] | null }>(attributes: T) {
  return { ...attributes, dilations: attributes.dilations ?? 1 }
}

/** From [height, width, in, multiplier] to [in * multiplier, 1, height, width]. */
function filterOf(filter: Operand, recorder: Recorder): Operand {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.dims
  const first = permute(filter, [2, 3, 0, 1], recorder)
  return recorder.reshape(first, [channels * multiplier, 1, height, width])
}

/** depthwiseConv2dNativeBackpropInput(inputShape, dy: Tensor4D, filter: Tensor4D, strides, pad) */
const backpropInput: Lowering<'DepthwiseConv2dNativeBackpropInput'> = (
  { dy, filter },
  attributes,
  recorder,
) => {
  const [, , channels = 1] = filter.dims
  const window = convWindow(attributes.inputShape, filter.dims, given(attributes))
  return convolveBack(
    { dy, filter: filterOf(filter, recorder) },
    { window, first: false, group: channels },
    recorder,
  )
}

/**
 * depthwiseConv2dNativeBackpropFilter(x: Tensor4D, dy: Tensor4D, filterShape, strides, pad): one
 * image, whose channels are each channel of each image, grouped by channel.
 */
const backpropFilter: Lowering<'DepthwiseConv2dNativeBackpropFilter'> = (
  { x, dy },
  attributes,
  recorder,
) => {
  const { filterShape } = attributes
  const [height, width, channels, multiplier] = filterShape
  const window = convWindow(x.dims, filterShape, given(attributes))
  const taps = exchanged(window)
  const images = cut(batchSecond(x, false, recorder), taps, recorder)
  const [, batch = 1, ...spatial] = images.dims
  const filter = recorder.node(
    'Conv',
    [
      recorder.reshape(images, [1, channels * batch, ...spatial]),
      fitted(batchSecond(dy, false, recorder), { window, first: true }, recorder),
    ],
    { ...windowAttributes(taps), group: attr.int(channels) },
  )
  const split = recorder.reshape(filter, [channels, multiplier, height, width])
  return permute(split, [2, 3, 0, 1], recorder)
}

export const depthwiseConvolution = {
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropFilter: backpropFilter,
  DepthwiseConv2dNativeBackpropInput: backpropInput,
  FusedDepthwiseConv2D: fusedDepthwise,
} as const
