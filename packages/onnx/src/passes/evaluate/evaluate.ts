// Computes nodes whose operands are all constants beforehand.
import type { Initializer, Node, TensorData } from '../../types.js'
import { derived } from '../origin.js'
import { permutationOf, transposed } from '../permutation.js'
import type { Scope } from '../scope.js'
import { arithmetics } from './arithmetic.js'
import { movements } from './movement.js'
import type { Evaluation, Known } from './types.js'

/** The bytes that a constant may have at any rate. */
const SMALL = 1024

const evaluations: Readonly<Record<string, Evaluation>> = { ...arithmetics, ...movements }

/**
 * The value of a node, to the last bit as the operator defines it; undefined where its operands are no
 * constants, where runtimes may differ in the last bit, and where the value would be larger than the
 * constants that it replaces and than a kilobyte. `isLast` tells whether the node is the last to read
 * a constant, so that its value replaces the constant.
 */
export function evaluated(
  node: Node,
  scope: Scope,
  isLast: (name: string) => boolean,
): Initializer | undefined {
  if (node.domain || node.outputs.length !== 1) return undefined
  const tensors = node.inputs.map((name) => scope.constants.get(name))
  const replaced = largestOf(tensors.filter((tensor) => tensor && isLast(tensor.name)))
  const limit = Math.max(SMALL, replaced?.bytes.length ?? 0)
  const dimsOf = (input: number) => scope.types.get(node.inputs[input] ?? '')?.dims
  const value = evaluationOf(node, scope, { node, tensors, limit, dimsOf })
  if (value === undefined || value.bytes.length > limit) return undefined
  const [name = ''] = node.outputs
  const origin = originOf(tensors, value)
  return origin ? derived(name, value, origin) : { name, ...value }
}

/** The value of a node alone, whose only output it is; undefined as {@link evaluated} says. */
export function evaluationOf(node: Node, scope: Scope, known: Known): TensorData | undefined {
  return rearranged(node, scope) ?? evaluations[node.opType]?.(known)
}

/** What a value is named for: the largest constant of its type, not the shape that it is given. */
function originOf(tensors: Tensors, { dataType }: TensorData): Initializer | undefined {
  const alike = tensors.filter((tensor) => tensor?.dataType === dataType)
  return largestOf(tensors.length === 1 ? tensors : alike)
}

type Tensors = readonly (Initializer | undefined)[]

function largestOf(tensors: Tensors): Initializer | undefined {
  return tensors.reduce((largest, tensor) => {
    return (tensor?.bytes.length ?? 0) > (largest?.bytes.length ?? -1) ? tensor : largest
  }, undefined)
}

/** A constant under another shape, or with its axes in another order. */
function rearranged(node: Node, scope: Scope): TensorData | undefined {
  const tensor: Initializer | undefined = scope.constants.get(node.inputs[0] ?? '')
  if (tensor === undefined) return undefined
  const { dataType, bytes } = tensor
  if (['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'].includes(node.opType)) {
    const dims = scope.types.get(node.outputs[0] ?? '')?.dims
    const sizes = dims?.filter((dim) => typeof dim === 'number')
    return sizes && sizes.length === dims?.length ? { dataType, dims: sizes, bytes } : undefined
  }
  const perm = permutationOf(node, scope)
  return perm && transposed(tensor, perm)
}
