// Sliding windows: where TensorFlow.js puts them.
import { backend_util } from '@tensorflow/tfjs-core'

type Shape4 = [number, number, number, number]
type Shape5 = [number, number, number, number, number]
type Two = number | [number, number]
type Three = number | [number, number, number]
type Rounding = 'floor' | 'round' | 'ceil' | null
type Padding = 'same' | 'valid' | number
type Padding2 = Padding | [Pair, Pair, Pair, Pair]
type Pair = [number, number]

/** The windows along one spatial axis: output o and tap k meet input `o * stride + k * dilation - begin`. */
export interface WindowAxis {
  readonly input: number
  readonly output: number
  /** The number of taps. */
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  /** Rows of padding before the input; of the input itself that are left out where negative. */
  readonly begin: number
  /** Rows of padding after the input that the last window reaches; rows it leaves out where negative. */
  readonly end: number
}

export type Window = readonly WindowAxis[]

/** What all kernels with a window of two spatial axes say of it. */
interface Attributes2 {
  readonly strides: Two
  readonly dilations?: Two
  readonly pad: Padding2
  readonly dimRoundingMode?: Rounding
  readonly dataFormat?: 'NHWC' | 'NCHW'
}

interface Attributes3 {
  readonly strides: Three
  readonly dilations?: Three
  readonly pad: Padding
  readonly dimRoundingMode?: Rounding
}

/** The windows of a convolution of images; its filter is [height, width, in, out]. */
export function convWindow(
  x: readonly number[],
  filter: readonly number[],
  attributes: Attributes2,
): Window {
  const { strides, dilations = 1, pad, dimRoundingMode, dataFormat = 'NHWC' } = attributes
  const info = backend_util.computeConv2DInfo(
    shape4(x),
    shape4(filter),
    strides,
    dilations,
    pad,
    dimRoundingMode ?? undefined,
    false,
    backend_util.convertConv2DDataFormat(dataFormat),
  )
  return planeWindow(info)
}

/** The windows of a convolution of volumes; its filter is [depth, height, width, in, out]. */
export function volumeConvWindow(
  x: readonly number[],
  filter: readonly number[],
  { strides, dilations = 1, pad }: Attributes3,
): Window {
  return volumeWindow(
    backend_util.computeConv3DInfo(shape5(x), shape5(filter), strides, dilations, pad),
  )
}

/** The windows of a pool of images, channels last. */
export function poolWindow(
  x: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: Attributes2 & { readonly filterSize: Two },
): Window {
  const rounding = dimRoundingMode ?? undefined
  return planeWindow(
    backend_util.computePool2DInfo(shape4(x), filterSize, strides, 1, pad, rounding),
  )
}

/** The windows of a pool of volumes, channels last. */
export function volumePoolWindow(
  x: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: Attributes3 & { readonly filterSize: Three },
): Window {
  const rounding = dimRoundingMode ?? undefined
  return volumeWindow(
    backend_util.computePool3DInfo(shape5(x), filterSize, strides, 1, pad, rounding),
  )
}

/** The windows of a morphological dilation; its filter is [height, width, channels]. */
export function dilationWindow(
  x: readonly number[],
  [height = 1, width = 1, channels = 1]: readonly number[],
  attributes: { readonly strides: Two; readonly dilations: Two; readonly pad: Padding },
): Window {
  const { strides, dilations, pad } = attributes
  const filter: [number, number, number] = [height, width, channels]
  return planeWindow(
    backend_util.computeDilation2DInfo(shape4(x), filter, strides, pad, 'NHWC', dilations),
  )
}

/** What the information on images and on volumes has in common. */
type Plane = Omit<backend_util.Conv2DInfo, 'inShape' | 'outShape' | 'filterShape'>

function planeWindow(info: Plane): Window {
  return [
    windowAxis({
      input: info.inHeight,
      output: info.outHeight,
      kernel: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      begin: info.padInfo.top,
    }),
    windowAxis({
      input: info.inWidth,
      output: info.outWidth,
      kernel: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      begin: info.padInfo.left,
    }),
  ]
}

function volumeWindow(info: backend_util.Conv3DInfo): Window {
  const depth = windowAxis({
    input: info.inDepth,
    output: info.outDepth,
    kernel: info.filterDepth,
    stride: info.strideDepth,
    dilation: info.dilationDepth,
    begin: info.padInfo.front,
  })
  return [depth, ...planeWindow(info)]
}

/**
 * How far the windows reach follows from their number: with padding given as a number, TensorFlow.js
 * takes the filter's height for its width too, so that its own figure for the end can be wrong.
 */
function windowAxis(axis: Omit<WindowAxis, 'end'>): WindowAxis {
  const { input, output, kernel, stride, dilation, begin } = axis
  const reach = (output - 1) * stride + (kernel - 1) * dilation + 1
  return { ...axis, end: reach - begin - input }
}

/** Outputs become taps and strides dilations, as in the gradient of a convolution by its filter. */
export function exchanged(window: Window): Window {
  return window.map(({ kernel, output, stride, dilation, ...rest }) => ({
    ...rest,
    kernel: output,
    output: kernel,
    stride: dilation,
    dilation: stride,
  }))
}

/** How many rows one window spans. */
export const extent = ({ kernel, dilation }: WindowAxis) => (kernel - 1) * dilation + 1

function shape4([a = 1, b = 1, c = 1, d = 1]: readonly number[]): Shape4 {
  return [a, b, c, d]
}

function shape5([a = 1, b = 1, c = 1, d = 1, e = 1]: readonly number[]): Shape5 {
  return [a, b, c, d, e]
}
