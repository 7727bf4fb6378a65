// Which values stay in float32 since whole numbers come of them: indices, lengths, choices.
import { numbersOf } from '../builder/tensor.js'
import { elementCount } from '../builder/value.js'
import { dataTypeOfCode } from '../data-types.js'
import type { Graph, Initializer, Node } from '../types.js'
import { bordersOf, subgraphsOf } from './borders.js'
import { ruleOf } from './float16-rules.js'
import { halfBits } from './half.js'

/** What stays in float32 whatever the operators' rules say. */
export interface Exact {
  /** Names of float32 values. */
  readonly values: ReadonlySet<string>
  /** Nodes that decide by the numbers that they read, and so read them in float32. */
  readonly deciding: ReadonlySet<Node>
}

/**
 * The float32 values that must not pass through float16, which counts no further than 2048:
 * what is cast to whole numbers or booleans, tested for being equal, compared with a whole number that
 * float16 has not, or read as an index, size or box; and what each of these is made of by operators
 * that work element by element or only move elements, back to the graph's inputs. A matrix product or
 * convolution on that way computes in float32 too, with what it reads; a second one may be halved.
 * So do products of two values that are summed up, which pass 65504 before their sum is taken.
 */
export function exactIn(graph: Graph): Exact {
  const flow = new Flow(graph)
  const exact = new Set<string>()
  const add = (seeds: readonly string[], isEnd: (node: Node) => boolean) => {
    const ends: Node[] = []
    const open = [...seeds]
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === '' || exact.has(name)) continue
      const makers = flow.makersOf(name)
      if (makers.some(isEnd)) continue
      exact.add(name)
      ends.push(...makers.filter(isProduct))
      open.push(
        ...flow.linksOf(name),
        ...makers.flatMap((node) => (isProduct(node) ? [] : node.inputs)),
      )
    }
    return ends
  }
  const last = add(
    flow.nodes.flatMap((node) => flow.seedsOf(node)),
    () => false,
  )
  add(
    last.flatMap(({ inputs }) => inputs),
    (node) => isProduct(node) && !last.includes(node),
  )
  const products = flow.nodes.flatMap((node) => flow.summedProducts(node))
  const decides = (node: Node) => flow.seedsOf(node).length > 0 && node.opType !== 'Resize'
  return {
    values: new Set([...exact, ...products]),
    deciding: new Set(flow.nodes.filter(decides)),
  }
}

const COMPARISONS = new Set(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'])

/** Operands that are indices, sizes, coordinates or the scores that choose, by their places. */
const DECIDING: Readonly<Record<string, readonly number[]>> = {
  OneHot: [0, 1],
  Range: [0, 1, 2],
  Resize: [1, 2],
  NonMaxSuppression: [0, 1, 3, 4],
  RoiAlign: [1],
}

const SUMS = new Set(['ReduceSum', 'ReduceMean', 'ReduceL1', 'CumSum', 'GlobalAveragePool'])

/** Who makes and who reads each value of a graph and of the graphs within it. */
class Flow {
  readonly nodes: readonly Node[]
  readonly #makers = new Map<string, Node[]>()
  readonly #links = new Map<string, string[]>()
  readonly #constants: ReadonlyMap<string, Initializer>

  constructor(graph: Graph) {
    const graphs = [graph, ...graphsIn(graph)]
    this.nodes = graphs.flatMap(({ nodes }) => nodes)
    this.#constants = new Map(
      graphs.flatMap(({ initializers }) => initializers.map((each) => [each.name, each] as const)),
    )
    for (const node of this.nodes) {
      node.outputs.forEach((name) => push(this.#makers, name, node))
      for (const [a, b] of bordersOf(node).pairs) {
        push(this.#links, a, b)
        push(this.#links, b, a)
      }
    }
  }

  /** The operands of a node that must be exact whatever becomes of its result. */
  seedsOf(node: Node): string[] {
    const { opType, inputs, domain } = node
    if (domain) return []
    if (opType === 'Cast') return castsToWhole(node) ? inputs.slice(0, 1) : []
    if (COMPARISONS.has(opType)) return this.#decides(node) ? [...inputs] : []
    return (DECIDING[opType] ?? []).flatMap((place) => inputs[place] ?? [])
  }

  /** The nodes that make a value; a Loop, Scan or If hands on what its graphs make. */
  makersOf(name: string): Node[] {
    return (this.#makers.get(name) ?? []).filter((node) => subgraphsOf(node).length === 0)
  }

  /** What the value is called within and around the graphs that it passes. */
  linksOf(name: string): readonly string[] {
    return this.#links.get(name) ?? []
  }

  /** The products among what a node sums up. */
  summedProducts({ opType, inputs: [summed = ''] }: Node): string[] {
    const multiplies = ({ opType: made, inputs }: Node) =>
      made === 'Mul' && inputs.every((name) => !this.#constants.has(name))
    return SUMS.has(opType) && this.makersOf(summed).some(multiplies) ? [summed] : []
  }

  /** Whether a comparison is of numbers that must be exact; `x == x` only asks for NaN. */
  #decides({ opType, inputs: [a = '', b = ''] }: Node): boolean {
    if (a === b) return false
    const constants = [a, b].flatMap((name) => this.#constants.get(name) ?? [])
    const counts = constants.some((each) => each.dataType === 'float32' && countsBeyond(each))
    return opType === 'Equal' || counts
  }
}

/** Whether a node sums up products, or is of another kind that computes in float16 by itself. */
function isProduct(node: Node): boolean {
  return node.opType !== 'Cast' && ruleOf(node) === 'half'
}

/** Whether a constant has a whole number that float16 has not. */
function countsBeyond(tensor: Initializer): boolean {
  if (elementCount(tensor.dims) === 0) return false
  const isBeyond = (value: number) =>
    Number.isInteger(value) && Math.abs(value) > 2048 && !isHalf(value)
  return numbersOf(tensor).some(isBeyond)
}

/** Whether float16 has a whole number above 2048: it has eleven bits of it. */
function isHalf(value: number): boolean {
  const spacing = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10)
  return value % spacing === 0 && (halfBits(value) & 0x7fff) < 0x7c00
}

function castsToWhole({ attributes: { to } }: Node): boolean {
  return to?.type === 'int' && /^(?:u?int\d+|bool)$/.test(dataTypeOfCode(to.value))
}

function graphsIn(graph: Graph): Graph[] {
  return graph.nodes.flatMap((node) =>
    subgraphsOf(node).flatMap((inner) => [inner, ...graphsIn(inner)]),
  )
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  if (key === '') return
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
