// Makes Gemm of what it does in one: a product of matrices, its bias, and operands transposed.
import type { Dim, Graph, Node } from '../types.js'
import { permutationOf } from './permutation.js'
import { type Change, rewritten, type Rule, sameAs, type Site } from './rewrite.js'
import { dimsOf } from './scope.js'

const types: readonly (string | undefined)[] = ['float32', 'float16', 'float64']

/**
 * Makes Gemm of a MatMul of two matrices whose product only an Add reads, of a Gemm without a bias and
 * such an Add, and of a MatMul of transposed matrices. Sums may differ by their rounding.
 */
export function fuseGemm(graph: Graph): Graph {
  return rewritten(graph, (node, site) => addToGemm(node, site) ?? transposedToGemm(node, site))
}

const addToGemm: Rule = (node, site) => {
  if (node.opType !== 'Add') return undefined
  for (const [product, bias = ''] of [node.inputs, node.inputs.toReversed()]) {
    const maker = site.soleMaker(product)
    if (maker === undefined || product === bias || !hasNoBias(maker, site)) continue
    const dims = dimsOf(maker.outputs[0], site)
    if (!broadcastsTo(dimsOf(bias, site), dims)) continue
    const [a = '', b = ''] = maker.inputs
    const { transA, transB } = maker.attributes
    const attributes = { ...(transA ? { transA } : {}), ...(transB ? { transB } : {}) }
    const inputs = [a, b, bias]
    return gemm(node, { maker, inputs, attributes }, site)
  }
  return undefined
}

const transposedToGemm: Rule = (node, site) => {
  if (!isProduct(node, site)) return undefined
  const sources = node.inputs.map((name) => transposedSource(name, site))
  if (sources.every((source) => source === undefined)) return undefined
  const attributes = Object.fromEntries(
    ['transA', 'transB'].flatMap((name, i) =>
      sources[i] === undefined ? [] : [[name, { type: 'int', value: 1 }] as const],
    ),
  )
  const inputs = node.inputs.map((name, i) => sources[i] ?? name)
  return { nodes: [{ ...node, name: gemmName(node, site), opType: 'Gemm', inputs, attributes }] }
}

/** What a value is the transpose of, where that is known of a matrix. */
export function transposedSource(name: string, site: Site): string | undefined {
  const maker = site.maker(name)
  const perm = permutationOf(maker, site.scope)
  return perm?.join() === '1,0' ? maker?.inputs[0] : undefined
}

/** Whether a node is a product to which a bias can be added. */
function hasNoBias(node: Node, site: Site): boolean {
  if (node.opType !== 'Gemm' || node.domain) return isProduct(node, site)
  const { alpha, beta } = node.attributes
  return alpha === undefined && beta === undefined && (node.inputs[2] ?? '') === ''
}

function isProduct(node: Node, site: Site): boolean {
  if (node.opType !== 'MatMul' || node.domain) return false
  if (!types.includes(site.scope.types.get(node.outputs[0] ?? '')?.dataType)) return false
  return node.inputs.every((name) => dimsOf(name, site)?.length === 2)
}

/** Whether a bias is stretched to the product's shape, as Gemm does it. */
function broadcastsTo(bias: readonly Dim[] | undefined, product: readonly Dim[] | undefined) {
  if (bias === undefined || product === undefined || bias.length > 2) return false
  const missing = 2 - bias.length
  return bias.every((dim, axis) => dim === 1 || (dim !== '' && dim === product[axis + missing]))
}

interface Call {
  readonly maker: Node
  readonly inputs: readonly string[]
  readonly attributes: Node['attributes']
}

function gemm(node: Node, { maker, inputs, attributes }: Call, site: Site): Change {
  const type = site.scope.types.get(node.outputs[0] ?? '')
  const name = gemmName(maker, site)
  return {
    nodes: [{ name, opType: 'Gemm', inputs, outputs: [name], attributes }, sameAs(node, name)],
    dropped: [maker],
    values: type ? [{ ...type, name }] : [],
  }
}

/** `x_Gemm` for what was `x_MatMul`. */
function gemmName({ name, opType }: Node, { names }: Site): string {
  return names.take(opType === 'Gemm' ? name : name.replace('MatMul', 'Gemm'))
}
