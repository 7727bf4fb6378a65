// Takes the Transpose between convolutions and dense layers into the weights of the dense layers.
import { elementCount } from '../builder/value.js'
import { tensorOf } from '../builder/tensor.js'
import type { Graph, Node } from '../types.js'
import { type Edits, type Order, reorderBefore, reorderBehind } from './features.js'
import { derived } from './origin.js'
import { inverse, isIdentity, permutationOf } from './permutation.js'
import { type Change, rewritten, type Rule, type Site } from './rewrite.js'
import { shapeSizes } from './sizes.js'

/**
 * Removes a Transpose whose result is only flattened to features for MatMul or Gemm, and one of features
 * that MatMul or Gemm made and that were only then given axes: the rows or columns of the constant
 * weights are permuted instead. Element-wise operators may stand between. The products are the same;
 * those of rows are added up in another order.
 */
export function foldIntoWeights(graph: Graph): Graph {
  return rewritten(graph, (node, site) => flattened(node, site) ?? unflattened(node, site))
}

/** At the Reshape of: Transpose, Reshape to features, dense layers. */
const flattened: Rule = (node, site) => {
  const [features = ''] = node.outputs
  const before = node.opType === 'Reshape' ? site.soleMaker(node.inputs[0]) : undefined
  const perm = before && featurePermutation(before, site)
  const dims = featureDims(node.inputs[0], features, site)
  const [source = ''] = before?.inputs ?? []
  if (before === undefined || perm === undefined || dims === undefined) return undefined
  const edits = reorderBehind(features, { dims, perm: inverse(perm) }, site)
  const reshaped = edits && reshape(node, source, site)
  return reshaped && { ...withEdits(reshaped, edits), dropped: [before] }
}

/** At the Transpose of: dense layer, Reshape of its features to axes, Transpose. */
const unflattened: Rule = (node, site) => {
  const perm = featurePermutation(node, site)
  const before = perm && site.soleMaker(node.inputs[0])
  if (before?.opType !== 'Reshape' || before.domain) return undefined
  const [features = ''] = before.inputs
  const dims = featureDims(node.inputs[0], features, site)
  if (perm === undefined || dims === undefined) return undefined
  const order: Order = { dims, perm }
  const edits = reorderBefore(features, order, site)
  const reshaped = edits && reshape({ ...before, outputs: node.outputs }, features, site)
  return reshaped && { ...withEdits(reshaped, edits), dropped: [before] }
}

/** The permutation of all axes but the first, where that one stays. */
function featurePermutation(node: Node, site: Site): number[] | undefined {
  const perm = permutationOf(node, site.scope)
  if (perm === undefined || perm[0] !== 0 || isIdentity(perm)) return undefined
  return perm.slice(1).map((axis) => axis - 1)
}

/** The axes that a matrix's features are spread over, where its other axis is the same as there. */
function featureDims(spread = '', flat: string, { scope }: Site): number[] | undefined {
  const [batch, ...axes] = scope.types.get(spread)?.dims ?? []
  const matrix = scope.types.get(flat)?.dims
  const dims = axes.filter((dim) => typeof dim === 'number')
  if (matrix?.length !== 2 || matrix[0] !== batch || batch === '' || batch === 0) return undefined
  return dims.length === axes.length && elementCount(dims) === matrix[1] ? dims : undefined
}

function reshape(node: Node, source: string, { scope, names }: Site): Change | undefined {
  const dims = scope.types.get(node.outputs[0] ?? '')?.dims
  const sizes = dims && shapeSizes(dims, scope.types.get(source)?.dims)
  if (sizes === undefined) return undefined
  const list = tensorOf('int64', [sizes.length], sizes)
  const shape = derived(names.take('shape'), list, { name: 'shape' })
  const call = { ...node, inputs: [source, shape.name], attributes: {} }
  return { nodes: [call], initializers: [shape] }
}

function withEdits(change: Change, { nodes, initializers }: Edits): Change {
  return {
    ...change,
    edited: nodes,
    initializers: [...(change.initializers ?? []), ...initializers],
  }
}
