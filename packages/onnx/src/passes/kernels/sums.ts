// Sums over all axes but a short last one, over rows that are long enough to be added up quickly.
import { numbersOf, tensorOf } from '../../builder/tensor.js'
import type { Node } from '../../types.js'
import type { Rule, Site } from '../rewrite.js'
import { dimsOf } from '../scope.js'

/** Values; shorter rows cost onnxruntime more for their beginning than for their sum. */
const SHORT = 256

/** Values a row that short ones are joined to, at most. */
const LONG = 2048

/**
 * ReduceSum of [..., short] over all other axes: of [rows / n, n * short] first, then of [n, short]. The
 * sums are rounded in another order.
 */
export const wideSum: Rule = (node, site) => {
  const [x = '', list = ''] = node.inputs
  const dims = dimsOf(x, site)
  const last = dims?.at(-1)
  const rows = dims?.slice(0, -1).reduce<number>((n, dim) => n * Number(dim), 1) ?? 0
  if (node.opType !== 'ReduceSum' || typeof last !== 'number' || !(last < SHORT)) return undefined
  const joined = divisor(rows, Math.floor(LONG / last))
  if (!isPlain(node) || !isLeading(list, dims?.length ?? 0, site) || joined < 2) return undefined
  const [output = ''] = node.outputs
  const { names } = site
  const [wide, partial, parts] = ['wide', 'partial', 'parts'].map((each) => {
    return names.take(`${output}_${each}`)
  }) as [string, string, string]
  const shape = (name: string, sizes: readonly number[]) => {
    return { name: names.take(`${name}_shape`), ...tensorOf('int64', [sizes.length], sizes) }
  }
  const shapes = [
    shape(wide, [rows / joined, joined * last]),
    shape(parts, [joined, last]),
  ] as const
  const first = { name: names.take(`${output}_axes`), ...tensorOf('int64', [1], [0]) }
  const reshape = (from: string, { name }: { readonly name: string }, to: string): Node => {
    return { name: to, opType: 'Reshape', inputs: [from, name], outputs: [to], attributes: {} }
  }
  const info = (name: string, sizes: readonly number[]) => {
    return { name, dataType: 'float32' as const, dims: sizes }
  }
  return {
    nodes: [
      reshape(x, shapes[0], wide),
      { ...node, name: partial, inputs: [wide, first.name], outputs: [partial] },
      reshape(partial, shapes[1], parts),
      { ...node, inputs: [parts, first.name] },
    ],
    initializers: [...shapes, first],
    values: [
      info(wide, [rows / joined, joined * last]),
      info(partial, [joined * last]),
      info(parts, [joined, last]),
    ],
  }
}

function isPlain({ attributes }: Node): boolean {
  const { keepdims } = attributes
  return keepdims?.type === 'int' && keepdims.value === 0
}

/** Whether a list holds all axes but the last, of more than two. */
function isLeading(name: string, rank: number, { scope }: Site): boolean {
  const tensor = scope.constants.get(name)
  const axes = tensor && numbersOf(tensor).map((axis) => (axis < 0 ? axis + rank : axis))
  const leading = Array.from({ length: rank - 1 }, (_, axis) => axis)
  return rank > 2 && axes?.toSorted((a, b) => a - b).join() === leading.join()
}

/** The largest divisor of a number up to a bound. */
function divisor(value: number, bound: number): number {
  for (let each = Math.min(bound, value); each > 1; each--) if (value % each === 0) return each
  return 1
}
