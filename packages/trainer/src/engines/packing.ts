// Small parameters as one flat tensor: what costs a kernel's start, not its work, is then paid once.
import * as tf from '@tensorflow/tfjs-core'
import { size, type ParameterValues } from '../network/initial.js'
import { tensor } from '../network/layers.js'
import type { ParameterSpec, Tensors } from '../network/types.js'

/** Values; a parameter of fewer shares a tensor. Past it, copying in and out costs more than it saves. */
const SMALL = 2 ** 14

/** Parameters that are updated as one tensor: one of them, or several, one after another. */
export interface Group {
  readonly name: string
  /** [1, 1, 1, values]: as onnxruntime's fused kernels take it, so that no reshaping stands between. */
  readonly shape: readonly [1, 1, 1, number]
  readonly members: readonly ParameterSpec[]
}

/** A network's parameters in groups: the small ones together, each other one alone. */
export function groupsOf(parameters: readonly ParameterSpec[]): readonly Group[] {
  const small = parameters.filter((spec) => size(spec) < SMALL)
  const large = parameters.filter((spec) => size(spec) >= SMALL)
  const alone = large.map((spec) => group(spec.name, [spec]))
  return small.length === 0 ? alone : [...alone, group('small_parameters', small)]
}

function group(name: string, members: readonly ParameterSpec[]): Group {
  const values = members.reduce((sum, spec) => sum + size(spec), 0)
  return { name, shape: [1, 1, 1, values], members }
}

/** One tensor for each group, by its name, from one for each parameter. */
export function packTensors(groups: readonly Group[], tensors: Tensors): Tensors {
  return Object.fromEntries(
    groups.map(({ name, shape, members }) => {
      const flat = members.map((spec) => tf.reshape(tensor(tensors, spec.name), [-1]))
      return [name, tf.reshape(tf.concat(flat), [...shape])] as const
    }),
  )
}

/** How parameters are taken out of their group: all by one kernel, or each by one of its own. */
export type Unpacking = 'split' | 'slices'

/** One tensor for each parameter from one for each group. */
export function unpackTensors(
  groups: readonly Group[],
  tensors: Tensors,
  unpacking: Unpacking = 'split',
): Tensors {
  const partsOf = unpacking === 'split' ? splitParts : slicedParts
  const entries = groups.flatMap(({ name: whole, members }) => {
    const parts = partsOf(tensor(tensors, whole), members)
    return members.map(({ name, shape }, i) => {
      return [name, tf.reshape(parts[i] ?? tensor(tensors, whole), [...shape])] as const
    })
  })
  return Object.fromEntries(entries)
}

function splitParts(whole: tf.Tensor, members: readonly ParameterSpec[]): tf.Tensor[] {
  return tf.split(whole, members.map(size), -1)
}

function slicedParts(whole: tf.Tensor, members: readonly ParameterSpec[]): tf.Tensor[] {
  if (members.length === 1) return [whole]
  const [flat, offsets] = [tf.reshape(whole, [-1]), offsetsOf(members)]
  return members.map((member, i) => tf.slice(flat, [offsets[i] ?? 0], [size(member)]))
}

/** Values by group from values by parameter: copies where parameters share a tensor. */
export function packValues(groups: readonly Group[], values: ParameterValues): ParameterValues {
  return Object.fromEntries(
    groups.map(({ name, shape, members }) => {
      const packed = new Float32Array(size({ shape }))
      offsetsOf(members).forEach((offset, i) => {
        packed.set(values[members[i]?.name ?? ''] ?? [], offset)
      })
      return [name, packed] as const
    }),
  )
}

/** Values by parameter, as views into those by group. */
export function unpackValues(groups: readonly Group[], values: ParameterValues): ParameterValues {
  return Object.fromEntries(
    groups.flatMap(({ name, members }) => {
      const packed = values[name] ?? new Float32Array()
      const offsets = offsetsOf(members)
      return members.map((spec, i) => {
        const offset = offsets[i] ?? 0
        return [spec.name, packed.subarray(offset, offset + size(spec))] as const
      })
    }),
  )
}

function offsetsOf(members: readonly ParameterSpec[]): number[] {
  let offset = 0
  return members.map((spec) => {
    offset += size(spec)
    return offset - size(spec)
  })
}
