// Kernels that resize images, and their gradients: channels last, channels first in ONNX.
import { attr, tensorOf } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'
import { nearestPlace, nearestResizes, type Axis } from './interpolation.js'

const CHANNELS_FIRST = [0, 3, 1, 2]
const CHANNELS_LAST = [0, 2, 3, 1]

/** Factors up to which a resize is written as factors, which hold at every symbolic size. */
const LARGEST_FACTOR = 8

/** resizeBilinear(images: Tensor4D, size: [number, number], alignCorners, halfPixelCenters) */
const resizeBilinear: Lowering<'ResizeBilinear'> = ({ images }, attributes, recorder) =>
  resized(recorder.cast(images, 'float32'), { ...attributes, mode: 'linear' }, recorder)

/** resizeNearestNeighbor(images: Tensor4D, size: [number, number], alignCorners, halfPixelCenters) */
const resizeNearest: Lowering<'ResizeNearestNeighbor'> = ({ images }, attributes, recorder) => {
  const axes = axesOf(images.dims, attributes)
  if ('fill' in images || axes.every(nearestResizes)) {
    return resized(images, { ...attributes, mode: 'nearest' }, recorder)
  }
  return axes.reduce<Operand>((image, axis, i) => {
    const places = Array.from({ length: axis.after }, (_, place) => nearestPlace(axis, place))
    const indices = recorder.builder.initializer('places', tensorOf('int32', [axis.after], places))
    return recorder.node('Gather', [image, indices], { axis: attr.int(i + 1) })
  }, images)
}

interface Resize {
  readonly size: readonly [number, number]
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
  readonly mode: 'linear' | 'nearest'
}

function axesOf(dims: readonly number[], resize: Omit<Resize, 'mode'>): Axis[] {
  const { size, alignCorners, halfPixelCenters } = resize
  return size.map((after, i) => ({
    before: dims[i + 1] ?? 1,
    after,
    alignCorners,
    halfPixelCenters,
  }))
}

function resized(images: Operand, resize: Resize, recorder: Recorder): Operand {
  const { size, alignCorners, halfPixelCenters, mode } = resize
  const [batch = 1, height = 1, width = 1, channels = 1] = images.dims
  if ('fill' in images || (height === size[0] && width === size[1])) {
    return recorder.expand(images, [batch, ...size, channels])
  }
  const factors = [size[0] / height, size[1] / width]
  const scaled = factors.every((factor) => Number.isInteger(factor) && factor <= LARGEST_FACTOR)
  const target = scaled
    ? [recorder.builder.initializer('scales', tensorOf('float32', [4], [1, 1, ...factors]))]
    : [undefined, recorder.builder.shape([batch, channels, ...size])]
  const first = recorder.transpose(images, CHANNELS_FIRST)
  const larger = recorder.node('Resize', [first, undefined, ...target], {
    mode: attr.string(mode),
    coordinate_transformation_mode: attr.string(coordinates(alignCorners, halfPixelCenters)),
    ...(mode === 'nearest' && { nearest_mode: attr.string(rounding(resize)) }),
  })
  return recorder.transpose(larger, CHANNELS_LAST)
}

function coordinates(alignCorners: boolean, halfPixelCenters: boolean): string {
  if (alignCorners) {
    return 'align_corners'
  }
  return halfPixelCenters ? 'half_pixel' : 'asymmetric'
}

/** ONNX's half pixels are half a pixel less than those of TensorFlow.js, which takes their floor. */
function rounding({ alignCorners, halfPixelCenters }: Resize): string {
  return alignCorners || halfPixelCenters ? 'round_prefer_ceil' : 'floor'
}

export const resizing = {
  ResizeBilinear: resizeBilinear,
  ResizeNearestNeighbor: resizeNearest,
} as const
