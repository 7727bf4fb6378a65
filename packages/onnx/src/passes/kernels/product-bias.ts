// A bias added to the rows of a product instead of to the images that they are shaped into.
import type { Node } from '../../types.js'
import { type Change, type Rule, sameAs, type Site } from '../rewrite.js'
import { dimsOf } from '../scope.js'

/**
 * Add of [n] to [..., n] that is a Reshape of a product [rows, n], or of several that are joined: each
 * becomes a Gemm that begins with the bias, where that is there before. Sums are rounded in another order.
 */
export const productBias: Rule = (node, site) => {
  if (node.opType !== 'Add') return undefined
  const [a = '', b = ''] = node.inputs
  return withBias(node, [a, b], site) ?? withBias(node, [b, a], site)
}

function withBias(
  node: Node,
  [images, bias]: readonly [images: string, bias: string],
  site: Site,
): Change | undefined {
  const reshape = site.soleMaker(images)
  const [size, ...others] = dimsOf(bias, site) ?? []
  if (reshape?.opType !== 'Reshape' || others.length > 0 || typeof size !== 'number') {
    return undefined
  }
  const [rows = ''] = reshape.inputs
  const isLast = [rows, images].every((name) => dimsOf(name, site)?.at(-1) === size)
  const products = productsOf(site.soleMaker(rows), site)
  if (!isLast || !products?.every((product) => isBefore(bias, product, site))) return undefined
  const edited = new Map(
    [...new Set(products)].map((product) => {
      const { inputs } = product
      return [product, { ...product, opType: 'Gemm', inputs: [...inputs, bias] }] as const
    }),
  )
  return { nodes: [sameAs(node, images)], edited }
}

/** Whether a value is there before a node: an input, a constant, or made by an earlier node. */
function isBefore(name: string, node: Node, site: Site): boolean {
  const maker = site.maker(name)
  return maker === undefined || site.precedes(maker, node)
}

/** A product of matrices, or several that are joined one below the other. */
function productsOf(node: Node | undefined, site: Site): readonly Node[] | undefined {
  const axis = node?.attributes['axis']
  const isJoined = node?.opType === 'Concat' && axis?.type === 'int' && axis.value === 0
  const products = isJoined ? node.inputs.map((name) => site.soleMaker(name)) : [node]
  const known = products.filter((each) => each !== undefined)
  return known.length === products.length && known.every((each) => isProduct(each, site))
    ? known
    : undefined
}

function isProduct({ opType, domain, inputs }: Node, site: Site): boolean {
  const types = inputs.map((name) => site.scope.types.get(name))
  const isMatrix = types.every((type) => type?.dataType === 'float32' && type.dims?.length === 2)
  return opType === 'MatMul' && !domain && isMatrix
}
