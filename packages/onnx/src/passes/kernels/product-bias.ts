// A bias added to the rows of a product instead of to the images that they are shaped into.
import type { Node } from '../../types.js'
import { type Change, type Rule, sameAs, type Site } from '../rewrite.js'
import { dimsOf } from '../scope.js'

/**
 * Add of [n] to [..., n] that is a Reshape of products [rows, n], or of several that are joined: each
 * product becomes a Gemm that begins with the bias. Sums are rounded in another order.
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
  const rows = reshape?.inputs[0] ?? ''
  if (reshape?.opType !== 'Reshape' || others.length > 0 || typeof size !== 'number')
    return undefined
  if (dimsOf(rows, site)?.length !== 2 || dimsOf(rows, site)?.[1] !== size) return undefined
  const joined = site.soleMaker(rows)
  const products = joined && productsOf(joined, site)
  if (products === undefined || dimsOf(images, site)?.at(-1) !== size) return undefined
  if (!isGiven(bias, site)) return undefined
  const edited = new Map(
    [...new Set(products)].map((product) => {
      const { inputs } = product
      return [product, { ...product, opType: 'Gemm', inputs: [...inputs, bias] }] as const
    }),
  )
  return { nodes: [sameAs(node, images)], edited }
}

/** Whether a value is there before any product: an input, a constant, or a part of one. */
function isGiven(name: string, site: Site): boolean {
  const maker = site.maker(name)
  if (maker === undefined) return true
  return /^(Reshape|Split)$/.test(maker.opType) && isGiven(maker.inputs[0] ?? '', site)
}

/** A product of matrices, or several that are joined one below the other. */
function productsOf(node: Node, site: Site): readonly Node[] | undefined {
  const axis = node.attributes['axis']
  const isJoined = node.opType === 'Concat' && axis?.type === 'int' && axis.value === 0
  const products = isJoined ? node.inputs.map((name) => site.soleMaker(name)) : [node]
  return products.every((each) => each?.opType === 'MatMul' && !each.domain)
    ? products.filter((each) => each !== undefined)
    : undefined
}
