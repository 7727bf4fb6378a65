// The tensors that the onnx engine hands to its sessions and takes from them.
import type { TensorValue } from '@anyvae/runtime'
import { TrainError } from '../error.js'
import type { Network } from '../network/types.js'
import type { TrainingState } from './engine.js'
import { groupsOf, packValues } from './packing.js'
import { stateNames } from './onnx-graphs.js'

/** Tensors by the names of a graph's inputs or outputs. */
export type Feeds = Readonly<Record<string, TensorValue>>

/** A state as the training graphs take it. */
export function stateFeeds(network: Network, state: TrainingState): Feeds {
  const groups = groupsOf(network.parameters)
  const { parameters, firstMoments, secondMoments } = state
  const packed = [parameters, firstMoments, secondMoments].map((each) => packValues(groups, each))
  return Object.fromEntries(
    groups.flatMap(({ name, shape }) =>
      Object.values(stateNames(name)).map(
        (input, i) => [input, float32(shape, packed[i]?.[name])] as const,
      ),
    ),
  )
}

/** A tensor of float32 values. */
export function float32(
  dims: readonly number[],
  data: Float32Array = new Float32Array(),
): TensorValue<'float32'> {
  return { type: 'float32', dims, data }
}

/** @throws TrainError where there is none of that name */
export function valueOf(values: Feeds, name: string): TensorValue {
  const value = values[name]
  if (value === undefined) {
    throw new TrainError(`onnx engine: a result is missing, got none named ${name}, expected one`)
  }
  return value
}

/** @throws TrainError where there is none of that name, or of another type */
export function floats(values: Feeds, name: string): Float32Array {
  const value = valueOf(values, name)
  if (value.type !== 'float32') {
    throw new TrainError(
      `onnx engine: ${name} has a wrong type, got ${value.type}, expected float32`,
    )
  }
  return value.data
}
