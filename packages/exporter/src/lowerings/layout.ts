// Where channels stand: last in TensorFlow.js, first in ONNX.
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'

/** The axes between batch and channels of a tensor with channels last. */
const between = (rank: number) => Array.from({ length: rank - 2 }, (_, i) => i + 1)

/** From [batch, …, channels] to [batch, channels, …]. */
export function channelsFirst(x: Operand, recorder: Recorder): Operand {
  const rank = x.dims.length
  return permute(x, [0, rank - 1, ...between(rank)], recorder)
}

/** From [batch, channels, …] to [batch, …, channels]. */
export function channelsLast(x: Operand, recorder: Recorder): Operand {
  return permute(x, [0, ...between(x.dims.length).map((axis) => axis + 1), 1], recorder)
}

/** From [batch, …, channels] to [channels, batch, …], and with channels first from that. */
export function batchSecond(x: Operand, first: boolean, recorder: Recorder): Operand {
  const rank = x.dims.length
  const rest = between(rank)
  const perm = first ? [1, 0, ...rest.map((axis) => axis + 1)] : [rank - 1, 0, ...rest]
  return permute(x, perm, recorder)
}

/** A filter from […, in, out] to [out, in, …]. */
export function filterFirst(filter: Operand, recorder: Recorder): Operand {
  const rank = filter.dims.length
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i)
  return permute(filter, [rank - 1, rank - 2, ...spatial], recorder)
}

/** The last two axes of [a, b, …] from the first two: […, a, b]. */
export function spatialFirst(x: Operand, recorder: Recorder): Operand {
  return permute(x, [...between(x.dims.length).map((axis) => axis + 1), 0, 1], recorder)
}

/** A transpose; one number everywhere stays that. */
export function permute(x: Operand, perm: readonly number[], recorder: Recorder): Operand {
  return 'fill' in x
    ? recorder.fill(
        x.dataType,
        perm.map((axis) => x.dims[axis] ?? 1),
        x.fill,
      )
    : recorder.transpose(x, perm)
}
