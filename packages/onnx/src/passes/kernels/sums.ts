// Sums over all axes but a short last one, over rows that are long enough to be added up quickly.
import { numbersOf, tensorOf } from '../../builder/tensor.js'
import type { Node } from '../../types.js'
import type { Change, Rule, Site } from '../rewrite.js'

/**
 * Values; shorter rows cost onnxruntime more for their beginning than for their sum: one of [19600, 16]
 * took 940 us, as [175, 1792] 65.
 */
const SHORT = 256

/** Values a row that short ones are joined to, at most. */
const LONG = 2048

/**
 * ReduceSum of [..., short] over all other axes: of [rows / n, n * short] first, then of [n, short]. The
 * sums are rounded in another order.
 */
export const wideSum: Rule = (node, site) => {
  const [x = '', axes = ''] = node.inputs
  const type = site.scope.types.get(x)
  const last = type?.dims?.at(-1)
  if (node.opType !== 'ReduceSum' || !isPlain(node)) return undefined
  if (type?.dataType !== 'float32') return undefined
  if (typeof last !== 'number' || last >= SHORT) return undefined
  if (!isLeading(axes, type.dims?.length ?? 0, site)) return undefined
  const rows = type.dims?.slice(0, -1).reduce<number>((n, dim) => n * Number(dim), 1) ?? 0
  const joined = divisor(rows, Math.floor(LONG / last))
  return joined > 1 && last > 0 ? twoSums(node, { rows, joined, last }, site) : undefined
}

interface Sizes {
  readonly rows: number
  /** Rows that become one. */
  readonly joined: number
  readonly last: number
}

function twoSums(node: Node, { rows, joined, last }: Sizes, { names }: Site): Change {
  const [x = ''] = node.inputs
  const [output = ''] = node.outputs
  const value = (name: string, dims: readonly number[]) => {
    return { name: names.take(`${output}_${name}`), dataType: 'float32', dims } as const
  }
  const wide = value('wide', [rows / joined, joined * last])
  const partial = value('partial', [joined * last])
  const parts = value('parts', [joined, last])
  const list = (name: string, numbers: readonly number[]) => {
    return { name: names.take(name), ...tensorOf('int64', [numbers.length], numbers) }
  }
  const shapes = [list(`${wide.name}_shape`, wide.dims), list(`${parts.name}_shape`, parts.dims)]
  const first = list(`${output}_axes`, [0])
  const reshape = (from: string, { name }: { readonly name: string }, i: 0 | 1): Node => {
    const inputs = [from, shapes[i]?.name ?? '']
    return { name, opType: 'Reshape', inputs, outputs: [name], attributes: {} }
  }
  return {
    nodes: [
      reshape(x, wide, 0),
      { ...node, name: partial.name, inputs: [wide.name, first.name], outputs: [partial.name] },
      reshape(partial.name, parts, 1),
      { ...node, inputs: [parts.name, first.name] },
    ],
    initializers: [...shapes, first],
    values: [wide, partial, parts],
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
