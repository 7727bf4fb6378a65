// Convolutions of images and volumes, and their gradients.
import { attr } from '@anyvae/onnx'
import { BatchError } from '../error.js'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { activate } from './activation.js'
import { filterGradient } from './filter-gradient.js'
import { cut, fitted, leftOver, uncut, windowAttributes } from './framing.js'
import { channelsFirst, channelsLast, filterFirst } from './layout.js'
import type { Lowering } from './lowering.js'
import {
  convolveBackByProduct,
  convolveByProduct,
  filterGradientByProduct,
  isProduct,
} from './products.js'
import { convWindow, volumeConvWindow, type Window } from './window.js'

/** conv2d(x: Tensor4D, filter: Tensor4D, strides, pad, dataFormat, dilations, dimRoundingMode) */
const conv2d: Lowering<'Conv2D'> = ({ x, filter }, attributes, recorder) => {
  const window = convWindow(x.dims, filter.dims, attributes)
  const first = attributes.dataFormat === 'NCHW'
  if (isProduct(window, { first, channels: filter.dims[2] }, recorder)) {
    return convolveByProduct({ x, filter }, window, recorder)
  }
  return convolve({ x, filter: filterFirst(filter, recorder) }, { window, first }, recorder)
}

/**
 * fused.conv2d({ x, filter, strides, pad, dataFormat, dilations, dimRoundingMode, bias, activation,
 * preluActivationWeights, leakyreluAlpha })
 */
const fusedConv2d: Lowering<'FusedConv2D'> = (inputs, attributes, recorder) => {
  const { x, filter, bias, preluActivationWeights: weights } = inputs
  const window = convWindow(x.dims, filter.dims, attributes)
  const first = attributes.dataFormat === 'NCHW'
  const biased = bias ? { bias } : {}
  const y = isProduct(window, { first, channels: filter.dims[2] }, recorder)
    ? convolveByProduct({ x, filter, ...biased }, window, recorder)
    : convolve({ x, filter: filterFirst(filter, recorder), ...biased }, { window, first }, recorder)
  const preluWeights = weights && (first ? columns(weights, recorder) : weights)
  const { activation, leakyreluAlpha } = attributes
  return activate(y, activation, { leakyreluAlpha, preluWeights }, recorder)
}

/** conv3d(x: Tensor5D, filter: Tensor5D, strides, pad, dataFormat, dilations) */
const conv3d: Lowering<'Conv3D'> = ({ x, filter }, attributes, recorder) =>
  convolve(
    { x, filter: filterFirst(filter, recorder) },
    { window: volumeConvWindow(x.dims, filter.dims, attributes), first: false },
    recorder,
  )

/** What a convolution takes: the filter as ONNX has it, [out, in / group, …]. */
interface Inputs {
  readonly x: Operand
  readonly filter: Operand
  readonly bias?: Operand
}

interface Options {
  readonly window: Window
  /** Channels first already. */
  readonly first: boolean
  readonly group?: number
}

/** One Conv; a bias that is one number a channel becomes its third input. */
export function convolve(
  { x, filter, bias }: Inputs,
  options: Options,
  recorder: Recorder,
): Operand {
  const { window, first, group = 1 } = options
  const inside = bias?.dims.length === 1 && bias.dims[0] === filter.dims[0] ? bias : undefined
  const y = recorder.node(
    'Conv',
    [cut(first ? x : channelsFirst(x, recorder), window, recorder), filter, inside],
    { ...windowAttributes(window), group: attr.int(group) },
  )
  const placed = first ? y : channelsLast(y, recorder)
  if (bias === undefined || inside) {
    return placed
  }
  return recorder.elementwise('Add', [placed, first ? columns(bias, recorder) : bias])
}

/** One number a channel, shaped to be broadcast over channels that come first. */
function columns(x: Operand, recorder: Recorder): Operand {
  const [channels = 1] = x.dims
  return x.dims.length === 1 && channels !== 1 ? recorder.reshape(x, [channels, 1, 1]) : x
}

/** conv2DBackpropInput(dy: Tensor4D, filter: Tensor4D, inputShape), which also is conv2dTranspose */
const conv2dBackpropInput: Lowering<'Conv2DBackpropInput'> = (
  { dy, filter },
  attributes,
  recorder,
) => {
  checkBatch('Conv2DBackpropInput', dy, attributes.inputShape)
  const window = convWindow(attributes.inputShape, filter.dims, attributes)
  const first = attributes.dataFormat === 'NCHW'
  if (isProduct(window, { first, channels: filter.dims[2] }, recorder)) {
    const gradient = fitted(dy, { window, first }, recorder)
    return convolveBackByProduct({ dy: gradient, filter }, window, recorder)
  }
  return convolveBack({ dy, filter: filterFirst(filter, recorder) }, { window, first }, recorder)
}

/** conv3DBackpropInput(dy: Tensor5D, filter: Tensor5D, inputShape), also conv3dTranspose */
const conv3dBackpropInput: Lowering<'Conv3DBackpropInputV2'> = (
  { dy, filter },
  attributes,
  recorder,
) => {
  checkBatch('Conv3DBackpropInputV2', dy, attributes.inputShape)
  return convolveBack(
    { dy, filter: filterFirst(filter, recorder) },
    { window: volumeConvWindow(attributes.inputShape, filter.dims, attributes), first: false },
    recorder,
  )
}

/**
 * Refuses an output shape whose batch is not that of what goes in: TensorFlow.js then computes as many
 * results as the shape says, where ONNX computes one for each input.
 */
function checkBatch(what: string, { dims: [got = 1] }: Operand, [batch = 1]: readonly number[]) {
  if (batch !== got) throw new BatchError(what, { batch, got })
}

/** One ConvTranspose, with as much output padding as the strides left over. */
export function convolveBack(
  { dy, filter }: { readonly dy: Operand; readonly filter: Operand },
  { window, first, group = 1 }: Options,
  recorder: Recorder,
): Operand {
  const gradient = fitted(
    first ? dy : channelsFirst(dy, recorder),
    { window, first: true },
    recorder,
  )
  const x = recorder.node('ConvTranspose', [gradient, filter], {
    ...windowAttributes(window),
    output_padding: attr.ints(window.map(leftOver)),
    group: attr.int(group),
  })
  const whole = uncut(x, window, recorder)
  return first ? whole : channelsLast(whole, recorder)
}

/** conv2DBackpropFilter(x: Tensor4D, dy: Tensor4D, filterShape) */
const conv2dBackpropFilter: Lowering<'Conv2DBackpropFilter'> = (
  { x, dy },
  attributes,
  recorder,
) => {
  const window = convWindow(x.dims, attributes.filterShape, attributes)
  const first = attributes.dataFormat === 'NCHW'
  if (isProduct(window, { first, channels: attributes.filterShape[2] }, recorder)) {
    const gradient = fitted(dy, { window, first }, recorder)
    return filterGradientByProduct({ x, dy: gradient }, window, recorder)
  }
  return filterGradient({ x, dy }, { window, first }, recorder)
}

/** conv3DBackpropFilter(x: Tensor5D, dy: Tensor5D, filterShape) */
const conv3dBackpropFilter: Lowering<'Conv3DBackpropFilterV2'> = (
  { x, dy },
  attributes,
  recorder,
) => {
  const window = volumeConvWindow(x.dims, attributes.filterShape, attributes)
  return filterGradient({ x, dy }, { window, first: false }, recorder)
}

export const convolution = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  Conv3D: conv3d,
  Conv3DBackpropFilterV2: conv3dBackpropFilter,
  Conv3DBackpropInputV2: conv3dBackpropInput,
  FusedConv2D: fusedConv2d,
} as const
