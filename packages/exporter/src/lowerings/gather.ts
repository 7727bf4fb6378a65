// Kernels that pick elements by their indices.
import { backend_util } from '@tensorflow/tfjs-core'
import { attr } from '@anyvae/onnx'
import { infoOf, type Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'
import { insertAxis } from './movement.js'

/** gather(x: Tensor, indices: Tensor, axis: number, batchDims: number) */
const gather: Lowering<'GatherV2'> = ({ x, indices }, { axis, batchDims }, recorder) => {
  const place = axis < 0 ? axis + x.dims.length : axis
  const { outputShape } = backend_util.segment_util.collectGatherOpShapeInfo(
    infoOf(x),
    infoOf(indices),
    place,
    batchDims ?? 0,
  )
  const shared = batchDims < 0 ? batchDims + indices.dims.length : batchDims
  if ('fill' in x || outputShape.includes(0)) {
    return recorder.fill(x.dataType, outputShape, 'fill' in x ? x.fill : 0)
  }
  return shared
    ? gatherBatched(x, { indices, axis: place, batchDims: shared }, recorder)
    : recorder.node('Gather', [x, indices], { axis: attr.int(place) })
}

interface Batched {
  readonly indices: Operand
  readonly axis: number
  readonly batchDims: number
}

/** Each batch has indices of its own; GatherND wants the axis right behind the batches. */
function gatherBatched(x: Operand, batched: Batched, recorder: Recorder): Operand {
  const { indices, axis, batchDims } = batched
  const outer = axis - batchDims
  const picked = indices.dims.length - batchDims
  const front = moved(x.dims.length, { from: axis, to: batchDims, count: 1 })
  const rows = recorder.node(
    'GatherND',
    [recorder.transpose(x, front), recorder.int64(insertAxis(indices, -1, recorder))],
    { batch_dims: attr.int(batchDims) },
  )
  const back = moved(rows.dims.length, { from: batchDims + picked, to: batchDims, count: outer })
  return recorder.transpose(rows, back)
}

/** The permutation that moves some axes to an earlier place. */
function moved(rank: number, move: { from: number; to: number; count: number }): number[] {
  const { from, to, count } = move
  const all = Array.from({ length: rank }, (_, axis) => axis)
  return [
    ...all.slice(0, to),
    ...all.slice(from, from + count),
    ...all.slice(to, from),
    ...all.slice(from + count),
  ]
}

/** gatherND(params: Tensor, indices: Tensor) */
const gatherNd: Lowering<'GatherNd'> = ({ params, indices }, _, recorder) => {
  const [dims] = backend_util.prepareAndValidate(infoOf(params), infoOf(indices))
  if ('fill' in params || dims.includes(0)) {
    return recorder.fill(params.dataType, dims, 'fill' in params ? params.fill : 0)
  }
  if (indices.dims.at(-1) === 0) {
    return recorder.expand(params, dims)
  }
  return recorder.node('GatherND', [params, recorder.int64(indices)])
}

export const gathering = { GatherNd: gatherNd, GatherV2: gather } as const
