// Sizes that depend on values: measured where graphs are computed at once, symbols where they are traced.
import { type Attribute, type Graph, Names, type Value, type ValueType } from '@anyvae/onnx'
import type { Sizes } from './affine.js'
import { probeSize } from './probes.js'
import type { Sources } from './sizes.js'

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
  /** The types of the results where it has that size. */
  readonly types: (size: number) => Types
}

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
  readonly limit: (limit: Limit) => void
}

/** Makes a symbol of each such size; at the sizes of its own, the function is traced on. */
export class OpenSymbols implements OpenSizes {
  /** The sizes of all symbols. */
  readonly sizes: Record<string, number>
  readonly limits: Limit[] = []
  readonly #places: Record<string, Place> = {}
  readonly #names = new Names()
  readonly #inputs: readonly string[]

  /** @param sizes of the inputs' symbols and, where they are known, of those found before */
  constructor(inputs: readonly string[], sizes: Sizes) {
    inputs.forEach((symbol) => this.#names.take(symbol))
    this.#inputs = inputs
    this.sizes = { ...sizes }
  }

  get isOpen(): boolean {
    // Not by the sizes: those that a first trace finds are given to the others from the start.
    return this.#inputs.length > 0 || Object.keys(this.#places).length > 0
  }

  open({ label, axis, result = 0 }: OpenCall): Opened {
    const symbol = this.#names.take(label)
    const size = (this.sizes[symbol] ??= probeSize(Object.keys(this.sizes).length))
    const made = ([first]: readonly Value[]) => {
      this.#places[symbol] = { node: first?.name ?? '', result, axis }
    }
    return { size, made }
  }

  limit(limit: Limit): void {
    this.limits.push(limit)
  }

  /** Where the sizes are to be read in the graph; its outputs have other names than its nodes. */
  sourcesIn({ nodes }: Graph): Sources {
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
