// Gradients of resized images: each pixel's gradient goes back to the pixels that it came from.
import { tensorOf } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import { type Axis, linearWeights, nearestWeights } from './interpolation.js'
import type { Lowering } from './lowering.js'

/** resizeBilinearGrad(images: Tensor4D, dy: Tensor4D, alignCorners: boolean) */
const bilinearGradient: Lowering<'ResizeBilinearGrad'> = ({ images, dy }, attributes, recorder) => {
  const axes = axesOf({ images, dy }, attributes, recorder)
  return weighted(recorder.cast(dy, 'float32'), axes.map(linearWeights), recorder)
}

/** resizeNearestNeighborGrad(images: Tensor4D, dy: Tensor4D, alignCorners: boolean) */
const nearestGradient: Lowering<'ResizeNearestNeighborGrad'> = (inputs, attributes, recorder) => {
  const { images, dy } = inputs
  const axes = axesOf(inputs, attributes, recorder)
  const gradient = recorder.cast(dy, 'float32')
  const factors = axes.map(({ before, after }) => after / before)
  const dx =
    !attributes.alignCorners && factors.every(Number.isInteger)
      ? sumBlocks(gradient, factors, recorder)
      : weighted(gradient, axes.map(nearestWeights), recorder)
  return recorder.cast(dx, images.dataType)
}

/**
 * The axes that are resized. TensorFlow.js hands the resize's own attributes on, but its gradients
 * leave half pixel centres out of account: they are wrong unless asked to be exact.
 */
function axesOf(
  { images, dy }: { readonly images: Operand; readonly dy: Operand },
  attributes: { readonly alignCorners: boolean; readonly halfPixelCenters?: boolean },
  recorder: Recorder,
): Axis[] {
  const { alignCorners, halfPixelCenters = false } = attributes
  return [1, 2].map((axis) => ({
    before: images.dims[axis] ?? 1,
    after: dy.dims[axis] ?? 1,
    alignCorners,
    halfPixelCenters: halfPixelCenters && recorder.gradients === 'exact',
  }))
}

/** Every pixel became a block of pixels, of which all gradients are its. */
function sumBlocks(
  dy: Operand,
  [rows = 1, columns = 1]: readonly number[],
  recorder: Recorder,
): Operand {
  const [batch = 1, height = 1, width = 1, channels = 1] = dy.dims
  const blocks = recorder.reshape(dy, [
    batch,
    height / rows,
    rows,
    width / columns,
    columns,
    channels,
  ])
  const value = recorder.value(blocks)
  return operandOf(recorder.builder.reduce('ReduceSum', value, [2, 4], false))
}

/** Multiplies the rows, then the columns of images by their weights, [before, after] each. */
function weighted(
  dy: Operand,
  [rows = [], columns = []]: readonly number[][][],
  recorder: Recorder,
): Operand {
  const [batch = 1, height = 1, width = 1, channels = 1] = dy.dims
  const flat = recorder.reshape(dy, [batch, height, width * channels])
  const narrow = recorder.node('MatMul', [matrix(rows, recorder), flat])
  const wide = recorder.reshape(narrow, [batch, rows.length, width, channels])
  return recorder.node('MatMul', [matrix(columns, recorder), wide])
}

function matrix(rows: readonly number[][], recorder: Recorder) {
  const dims = [rows.length, rows[0]?.length ?? 0]
  return recorder.builder.initializer('weights', tensorOf('float32', dims, rows.flat()))
}

export const resizeGradients = {
  ResizeBilinearGrad: bilinearGradient,
  ResizeNearestNeighborGrad: nearestGradient,
} as const
