// Sizes that depend on values: measured where graphs are computed at once, symbols where they are traced.
import { type Attribute, type Graph, type Value, type ValueType } from '@anyvae/onnx'
import type { Sizes } from './affine.js'
import { firstSize } from './probes.js'
import { graphsWithin, type Sources } from './sizes.js'

/** The types of an operator's results. */
export type ResultTypes = readonly [ValueType, ...ValueType[]]

/** An operator whose first result has one size that depends on values. */
export interface OpenCall<Types extends readonly ValueType[] = readonly ValueType[]> {
  readonly opType: string
  readonly inputs: readonly (Value | undefined)[]
  readonly attributes: Readonly<Record<string, Attribute>>
  /** What that size is of, such as `selected`. */
  readonly label: string
  /** Which dimension of the first result it is, or of the one that `result` counts from 0. */
  readonly axis: number
  readonly result?: number
  /** The largest that it can be, where that is known. */
  readonly most?: number
  /** The types of the results where it has that size. */
  readonly types: (size: number) => Types
}

/** A size that depends on values, of an operator's result or of an input of a sub-graph. */
export type SizeCall = Pick<OpenCall, 'label' | 'axis' | 'result' | 'most'>

/** A size to go on with, and whom to tell what the node gave that has it. */
export interface Opened {
  readonly size: number
  readonly made: (results: readonly Value[]) => void
}

/** A number that TensorFlow.js has cut down to a size, as it cuts what a kernel may select. */
export interface Limit {
  /** The list that holds it in the graph. */
  readonly name: string
  readonly value: number
  readonly bound: number
  /** The kernel whose result has that size, and so must know it. */
  readonly shapes?: string
}

/** Whoever knows, or finds, the sizes that depend on values. */
export interface OpenSizes {
  /** Whether any size met so far is not known before the graph runs. */
  readonly isOpen?: boolean
  readonly open: (call: OpenCall) => Opened
  /** The size of an input or result of a sub-graph; where it is missing, there can be none. */
  readonly openInner?: (call: SizeCall) => Opened
  /** Runs what is recorded once more; sizes that are met in it are met again then. */
  readonly attempt?: <T>(run: () => T) => T
  readonly limit: (limit: Limit) => void
}

/** Makes a symbol of each such size; at the sizes of its own, the function is traced on. */
export class OpenSymbols implements OpenSizes {
  /** The sizes of all symbols. */
  readonly sizes: Record<string, number>
  readonly limits: Limit[] = []
  /** Of sizes whose largest is known. */
  readonly ranges: Record<string, readonly [least: number, most: number]> = {}
  #places: Readonly<Record<string, Place>> = {}
  readonly #inputs: readonly string[]

  /** @param sizes of the inputs' symbols and, where they are known, of those found before */
  constructor(inputs: readonly string[], sizes: Sizes) {
    this.#inputs = inputs
    this.sizes = { ...sizes }
  }

  get isOpen(): boolean {
    // Not by the sizes: those that a first trace finds are given to the others from the start.
    return this.#inputs.length > 0 || Object.keys(this.#places).length > 0
  }

  open(call: OpenCall): Opened {
    return this.openInner(call)
  }

  openInner({ label, axis, result = 0, most }: SizeCall): Opened {
    const symbol = this.#free(label)
    const place: Place = { node: '', result, axis }
    this.#places = { ...this.#places, [symbol]: place }
    if (most !== undefined && most > 1) this.ranges[symbol] = [1, most]
    const size = (this.sizes[symbol] ??= firstSize(
      Object.keys(this.sizes).length,
      this.ranges[symbol],
    ))
    const made = ([first]: readonly Value[]) => {
      this.#places = { ...this.#places, [symbol]: { ...place, node: first?.name ?? '' } }
    }
    return { size, made }
  }

  /** A symbol that no other size has. */
  #free(label: string): string {
    const taken = (symbol: string) => this.#inputs.includes(symbol) || symbol in this.#places
    let symbol = label
    for (let number = 1; taken(symbol); number++) symbol = `${label}_${number}`
    return symbol
  }

  attempt<T>(run: () => T): T {
    const [places, limits] = [{ ...this.#places }, this.limits.length]
    const result = run()
    this.#places = places
    this.limits.length = limits
    return result
  }

  limit(limit: Limit): void {
    this.limits.push(limit)
  }

  /** Where the sizes are to be read in the graph; its outputs have other names than its nodes. */
  sourcesIn(graph: Graph): Sources {
    const nodes = [graph, ...graphsWithin(graph)].flatMap((each) => each.nodes)
    const outputs = new Map(nodes.map((node) => [node.name, node.outputs]))
    return Object.fromEntries(
      Object.entries(this.#places).map(([symbol, { node, result, axis }]) => [
        symbol,
        { input: outputs.get(node)?.[result] ?? node, axis },
      ]),
    )
  }
}

/** A node, which of its results, and which dimension of that. */
interface Place {
  readonly node: string
  readonly result: number
  readonly axis: number
}
