// Gemm of a transposed left operand, which onnxruntime transposes slowly and more than once.
import type { Node, ValueInfo } from '../../types.js'
import { transposedSource } from '../gemm.js'
import type { Change, Rule, Site } from '../rewrite.js'
import { dimsOf } from '../scope.js'

/** Columns of the right operand that onnxruntime does at a time; for each such part it transposes A again. */
const COLUMNS = 128

/** Values of A; turning fewer costs less than a node does. */
const LEAST = 2 ** 14

/** Values of A from which on an exchange of the operands pays for the two nodes that it takes. */
const LEAST_EXCHANGED = 2 ** 18

/** Columns; with more, onnxruntime transposes A about as fast as it would read it. */
const MOST_EXCHANGED = 64

/**
 * A' B, of A [k, m] and B [k, n]:
 *
 * - with more columns than onnxruntime does at a time, A is transposed by a node of its own, once: of
 *   [128, 784] and [128, 400] 30 us and 190 in its profile of single nodes, where it took 290 in all;
 * - where B and the product are small beside A, it becomes (B' A)', in which A stays as it is: of
 *   [4900, 400] and [4900, 32] 40 us and 630, where it took 810. Sums of such products stay transposed in
 *   between.
 *
 * Sums are rounded in another order. onnxruntime's own optimiser would take it back.
 */
export const turnedGemm: Rule = (node, site) => {
  const sizes = sizesOf(node, site)
  if (sizes === undefined) return undefined
  const { k, m, n } = sizes
  if (n > COLUMNS && k * m >= LEAST) return withTurned(node, sizes, site)
  const isSmall = n <= MOST_EXCHANGED && k * n + m * n < (k * m) / 2
  return isSmall && k * m >= LEAST_EXCHANGED ? exchanged(node, sizes, site) : undefined
}

interface Sizes {
  readonly k: number
  readonly m: number
  readonly n: number
}

/** The sizes of a plain product of a transposed matrix by another in float32. */
function sizesOf(node: Node, site: Site): Sizes | undefined {
  const { opType, attributes, inputs, outputs } = node
  const { transA, transB } = attributes
  if (opType !== 'Gemm' || transA?.type !== 'int' || transA.value === 0) return undefined
  if (transB?.type === 'int' && transB.value !== 0) return undefined
  if (site.scope.types.get(outputs[0] ?? '')?.dataType !== 'float32') return undefined
  const [[k, m] = [], [, n] = []] = inputs.slice(0, 2).map((name) => dimsOf(name, site))
  return typeof k === 'number' && typeof m === 'number' && typeof n === 'number'
    ? { k, m, n }
    : undefined
}

/** A Gemm's attributes without that of its left operand. */
function plain({ attributes: { alpha, beta } }: Node): Node['attributes'] {
  return { ...(alpha && { alpha }), ...(beta && { beta }) }
}

function withTurned(node: Node, { k, m }: Sizes, site: Site): Change {
  const [a = '', ...others] = node.inputs
  const turned = turnedValue(a, [m, k], site)
  return {
    nodes: [
      transpose(a, turned.name),
      { ...node, inputs: [turned.name, ...others], attributes: plain(node) },
    ],
    values: [turned],
  }
}

function exchanged(node: Node, { k, m, n }: Sizes, site: Site): Change | undefined {
  const [a = '', b = '', sum = ''] = node.inputs
  const [output = ''] = node.outputs
  const added = sum === '' ? sum : transposedSource(sum, site)
  if (added === undefined) return undefined
  const right = turnedValue(b, [n, k], site)
  const product = turnedValue(output, [n, m], site)
  const inputs = [right.name, a, ...(added === '' ? [] : [added])]
  return {
    nodes: [
      transpose(b, right.name),
      { ...node, inputs, outputs: [product.name], attributes: plain(node) },
      transpose(product.name, output),
    ],
    values: [right, product],
  }
}

function turnedValue(name: string, dims: readonly number[], { names }: Site): ValueInfo {
  return { name: names.take(`${name}_turned`), dataType: 'float32', dims }
}

function transpose(from: string, to: string): Node {
  const attributes = { perm: { type: 'ints', value: [1, 0] } } as const
  return { name: to, opType: 'Transpose', inputs: [from], outputs: [to], attributes }
}
