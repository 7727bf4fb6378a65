// Op cases of the lowerings that pick and place elements by their indices.
import * as tf from '@tensorflow/tfjs-core'
import { bools, type Fn, floats, indices, ints, of, type OpCase, positives } from './case.js'

const gather =
  (axis?: number, batchDims?: number): Fn =>
  (x, places) =>
    tf.gather(x, places, axis, batchDims)

const rows = indices([4], [2, 0, 1, 2])
const pairs = indices([2, 2], [2, 1, 0, 2])

const gathers: OpCase[] = [
  of('GatherV2', 'rows', gather(), floats(3, 4), rows),
  of('GatherV2', 'last axis', gather(-1), ints(2, 3), rows),
  of('GatherV2', 'bool', gather(1), bools(2, 3, 2), rows),
  of('GatherV2', 'indices of rank 2', gather(1), floats(2, 3, 2), pairs),
  of('GatherV2', 'one index', gather(), floats(3, 4), indices([], [1])),
  of('GatherV2', 'none', gather(), floats(3, 4), indices([0], [])),
  of('GatherV2', 'of none', gather(1), floats(0, 3), rows),
  of('GatherV2', 'of ones', (x, i) => tf.gather(tf.onesLike(x), i), floats(3, 4), rows),
  of('GatherV2', 'batches', gather(1, 1), floats(2, 3), pairs),
  of('GatherV2', 'batches, a later axis', gather(3, 1), floats(2, 4, 1, 3, 2), pairs),
  of('GatherV2', 'batches, one index each', gather(1, 1), ints(2, 3, 2), indices([2], [2, 0])),
  of('GatherV2', 'two batches', gather(2, 2), floats(2, 2, 3), indices([2, 2, 1], [0, 1, 2, 1])),
]

const gatherNds: OpCase[] = [
  of('GatherNd', 'elements', tf.gatherND, floats(2, 3), indices([2, 2], [0, 1, 1, 2])),
  of('GatherNd', 'rows', tf.gatherND, ints(2, 3), indices([3, 1], [1, 0, 1])),
  of('GatherNd', 'deep', tf.gatherND, bools(2, 3, 2), indices([1, 2, 2], [0, 1, 1, 2])),
  of('GatherNd', 'one', tf.gatherND, floats(2, 3), indices([2], [1, 1])),
  of('GatherNd', 'none', tf.gatherND, floats(2, 3), indices([0, 1], [])),
]

const scatter =
  (...shape: number[]): Fn =>
  (places, updates) =>
    tf.scatterND(places, updates, shape)

const twice = indices([4, 1], [1, 3, 1, 0])

const scatters: OpCase[] = [
  of('ScatterNd', 'added where they meet', scatter(5), twice, floats(4)),
  of('ScatterNd', 'int32', scatter(5), twice, ints(4)),
  of('ScatterNd', 'rows', scatter(4, 3), twice, floats(4, 3)),
  of('ScatterNd', 'elements', scatter(2, 3), indices([3, 2], [0, 1, 1, 2, 0, 1]), positives(3)),
  of('ScatterNd', 'deep', scatter(3, 2), indices([2, 2, 1], [0, 2, 2, 2]), floats(2, 2, 2)),
  of('ScatterNd', 'list of places', scatter(5), indices([4], [1, 3, 1, 0]), floats(4)),
  of('ScatterNd', 'none', scatter(5, 2), indices([0, 1], []), floats(0, 2)),
  of('ScatterNd', 'beside what is not finite', scatter(3), indices([2, 1], [0, 2]), {
    dims: [2],
    values: [Infinity, Number.NaN],
    dataType: 'float32',
  }),
]

const update: Fn = (x, places, updates) => tf.tensorScatterUpdate(x, places, updates)
const apart = indices([2, 1], [2, 0])

const updates: OpCase[] = [
  of('TensorScatterUpdate', 'elements', update, floats(4), apart, positives(2)),
  of('TensorScatterUpdate', 'rows', update, ints(3, 2), apart, ints(2, 2)),
  of('TensorScatterUpdate', 'bool', update, bools(4), apart, bools(2)),
  of('TensorScatterUpdate', 'none', update, floats(4), indices([0, 1], []), floats(0)),
]

const dense =
  (shape: number[]): Fn =>
  (places, values, other) =>
    other
      ? tf.sparseToDense(places, values, shape, other as tf.Scalar)
      : tf.sparseToDense(places, values, shape)

const sparse: OpCase[] = [
  of('SparseToDense', 'list', dense([5]), indices([3], [0, 2, 3]), floats(3)),
  of('SparseToDense', 'one place', dense([5]), indices([], [2]), floats()),
  of('SparseToDense', 'one value', dense([5]), indices([3], [0, 2, 3]), floats()),
  of('SparseToDense', 'rank 2', dense([2, 3]), indices([2, 2], [0, 1, 1, 2]), ints(2), ints()),
  of('SparseToDense', 'bool', dense([4]), indices([2], [1, 2]), bools(2), {
    dims: [],
    values: [1],
    dataType: 'bool',
  }),
  of('SparseToDense', 'default', dense([4]), indices([2], [1, 2]), floats(2), positives()),
  of('SparseToDense', 'none', dense([4]), indices([0], []), floats(0), positives()),
]

export const indexing: readonly OpCase[] = [
  ...gathers,
  ...gatherNds,
  ...scatters,
  ...updates,
  ...sparse,
]
