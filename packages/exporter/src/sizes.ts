// Nodes that compute shapes at run time from the sizes of a graph's inputs.
import {
  attr,
  type DataType,
  type Dim,
  dataTypeCode,
  type Graph,
  type Initializer,
  Names,
  type Node,
  tensorOf,
  type ValueInfo,
} from '@anyvae/onnx'
import type { Affine } from './affine.js'
import { isAffine, type Periodic, type SizeFunction } from './periodic.js'
import type { Power } from './powers.js'
import type { Counting } from './ranges.js'

/** By symbol: the input, or inner value, whose shape tells its size, and which dimension it is. */
export type Sources = Readonly<Record<string, { readonly input: string; readonly axis: number }>>

/** What a list of sizes is to be: int64 as shapes are, or another type, and perhaps a scalar. */
export interface SizeForm {
  readonly dataType: DataType
  readonly scalar: boolean
}

/** Writes such nodes, to stand as soon as what they read is there. */
export class SizeNodes {
  readonly nodes: Node[] = []
  readonly initializers: Initializer[] = []
  /** The types of what the nodes make. */
  readonly values: ValueInfo[] = []
  readonly #sources: Sources
  readonly #ranks: ReadonlyMap<string, number>
  readonly #known = new Map<string, string>()
  readonly #shapes = new Map<string, string>()
  readonly #names = new Names()

  constructor(graph: Graph, sources: Sources) {
    this.#sources = sources
    const graphs = [graph, ...graphsWithin(graph)]
    const values = graphs.flatMap((each) => [...each.inputs, ...each.values, ...each.outputs])
    this.#ranks = new Map(values.map(({ name, dims }) => [name, dims?.length ?? 0]))
    for (const name of new Set(graphs.flatMap((each) => [...namesOf(each)]))) this.#names.take(name)
  }

  /** A name that nothing else has. */
  take(wanted: string): string {
    return this.#names.take(wanted)
  }

  /** Computes a list of sizes under a name; an entry that is undefined is -1, as Reshape takes it. */
  compute(name: string, entries: readonly (SizeFunction | undefined)[], form: SizeForm): void {
    const parts = entries.map((entry, i) =>
      entry === undefined ? this.#constant(-1) : this.#entry(name, i, entry),
    )
    const concat = { opType: 'Concat', inputs: parts, attributes: { axis: attr.int(0) } }
    if (form.dataType === 'int64' && !form.scalar) {
      this.write(concat, name, [parts.length])
      return
    }
    const list = this.write(concat, this.#names.take(`${name}_list`), [parts.length])
    const shape = form.scalar ? [] : [entries.length]
    const dims = this.#list(`${name}_shape`, shape, [shape.length])
    const reshape = { opType: 'Reshape', inputs: [list, dims], attributes: {} }
    const shaped = this.write(reshape, this.#names.take(`${name}_shaped`), shape)
    this.#cast(shaped, name, shape, form.dataType)
  }

  /** Computes numbers that count under a name. */
  range(name: string, { start, limit, step, count }: Counting, dataType: DataType): void {
    const [from, to] = [start, limit].map((end, i) => {
      const scalar = this.#names.take(`${name}_${i === 0 ? 'start' : 'limit'}`)
      this.compute(scalar, [end], { dataType: 'int64', scalar: true })
      return scalar
    })
    const inputs = [from ?? '', to ?? '', this.#list(`${name}_step`, [step], [])]
    const long = this.#names.take(`${name}_range`)
    this.write({ opType: 'Range', inputs, attributes: {} }, long, [count])
    this.#cast(long, name, [count], dataType)
  }

  /** Computes a float32 scalar under a name, in double precision as JavaScript does. */
  power(name: string, { coefficient, exponent, factors }: Power): void {
    const sizes = factors.map((factor, i) => this.#entry(`${name}_factor_${i}`, 0, factor))
    const product = sizes.reduce((all, size) => this.#add('Mul', `${name}_product`, [all, size]))
    const dims = this.#list(`${name}_shape`, [], [0])
    const reshape = { opType: 'Reshape', inputs: [product, dims], attributes: {} }
    const scalar = this.write(reshape, this.#names.take(`${name}_whole`), [])
    const real = this.#cast(scalar, this.#names.take(`${name}_real`), [], 'float64')
    const root = Math.abs(exponent) === 1 ? real : this.#double('Sqrt', `${name}_root`, [real])
    const factor = this.#names.take(`${name}_coefficient`)
    this.initializers.push({ name: factor, ...tensorOf('float64', [], [coefficient]) })
    const opType = exponent > 0 ? 'Mul' : 'Div'
    this.#cast(this.#double(opType, `${name}_power`, [factor, root]), name, [], 'float32')
  }

  #double(opType: string, name: string, inputs: readonly string[]): string {
    return this.write({ opType, inputs, attributes: {} }, this.#names.take(name), [], 'float64')
  }

  #cast(...[input, name, dims, dataType]: [string, string, readonly Dim[], DataType]): string {
    const attributes = { to: attr.int(dataTypeCode(dataType)) }
    return this.write({ opType: 'Cast', inputs: [input], attributes }, name, dims, dataType)
  }

  /** The largest multiple of a number that a symbol's size holds, as a list of one. */
  multiple(symbol: string, of: number): string {
    const parts = this.#scaled(`${symbol}_steps`, symbol, { by: 1, per: of })
    return this.#add('Mul', `${symbol}_of_steps`, [parts, this.#constant(of)])
  }

  /** Adds a node that makes one value, int64 unless told otherwise. */
  write(
    node: Omit<Node, 'name' | 'outputs'>,
    name: string,
    ...[dims, dataType = 'int64']: [dims: readonly Dim[], dataType?: DataType]
  ): string {
    this.nodes.push({ name, outputs: [name], ...node })
    this.values.push({ name, dataType, dims })
    return name
  }

  #entry(name: string, place: number, fn: SizeFunction): string {
    const label = `${name}_${place}`
    if (isAffine(fn)) return this.#affine(label, fn)
    if (fn.kind === 'periodic') return this.#periodic(label, fn)
    const factors = fn.factors.map((factor, i) => this.#affine(`${label}_factor_${i}`, factor))
    const all = fn.coefficient === 1 ? factors : [...factors, this.#constant(fn.coefficient)]
    return all.reduce((product, each) => this.#add('Mul', `${label}_product`, [product, each]))
  }

  /** What whole periods add, what the table says of the rest, and what other symbols add. */
  #periodic(label: string, { symbol, period, multiple, by, table, rest }: Periodic): string {
    const [size, length] = [this.#size(symbol), this.#constant(period)]
    const remainder = this.#add('Mod', `${label}_rest`, [size, length])
    const place =
      multiple === 1
        ? remainder
        : this.#add('Div', `${label}_place`, [remainder, this.#constant(multiple)])
    const values = this.#list(`${label}_table`, table, [table.length])
    const entry = this.#add('Gather', `${label}_entry`, [values, place], { axis: attr.int(0) })
    const periods = this.#add('Div', `${label}_periods`, [size, length])
    const terms = [
      entry,
      ...(by === 0 ? [] : [this.#add('Mul', `${label}_whole`, [periods, this.#constant(by)])]),
      ...(Object.keys(rest.slopes).length > 0 ? [this.#affine(`${label}_others`, rest)] : []),
    ]
    return terms.reduce((sum, term) => this.#add('Add', `${label}_sum`, [sum, term]))
  }

  #affine(label: string, { slopes, constant }: Affine): string {
    const terms = Object.entries(slopes).map(([symbol, slope]) =>
      this.#scaled(`${label}_${symbol}`, symbol, slope),
    )
    if (constant !== 0 || terms.length === 0) {
      terms.push(this.#constant(constant))
    }
    return terms.reduce((sum, term, i) => this.#add('Add', `${label}_sum_${i}`, [sum, term]))
  }

  /** A symbol's size times `by / per`; it is a multiple of `per`, so the division is exact. */
  #scaled(label: string, symbol: string, { by, per }: Affine['slopes'][string]): string {
    const size = this.#size(symbol)
    const part = per === 1 ? size : this.#add('Div', `${label}_part`, [size, this.#constant(per)])
    return by === 1 ? part : this.#add('Mul', label, [part, this.#constant(by)])
  }

  /** The size of a symbol, as a list of one int64. */
  #size(symbol: string): string {
    const known = this.#known.get(symbol)
    if (known !== undefined) {
      return known
    }
    const { input, axis } = this.#sources[symbol] ?? { input: '', axis: 0 }
    const index = this.#constant(axis)
    const size = this.#add('Gather', `${symbol}_size`, [this.#shape(input), index], {
      axis: attr.int(0),
    })
    this.#known.set(symbol, size)
    return size
  }

  /** The shape of an input or value, once for all its sizes. */
  #shape(input: string): string {
    const known = this.#shapes.get(input)
    if (known !== undefined) {
      return known
    }
    const whole = { opType: 'Shape', inputs: [input], attributes: {} }
    const rank = this.#ranks.get(input) ?? 0
    const shape = this.write(whole, this.#names.take(`${input}_shape`), [rank])
    this.#shapes.set(input, shape)
    return shape
  }

  /** A list of one number, named for it alone, since it may come to serve others too. */
  #constant(value: number): string {
    return this.#list(`number_${value < 0 ? `minus_${-value}` : value}`, [value])
  }

  #list(wanted: string, values: readonly number[], dims: readonly number[] = [1]): string {
    const name = this.#names.take(wanted)
    this.initializers.push({ name, ...tensorOf('int64', dims, values) })
    return name
  }

  #add(
    opType: string,
    name: string,
    inputs: readonly string[],
    attributes: Node['attributes'] = {},
  ): string {
    return this.write({ opType, inputs, attributes }, this.#names.take(name), [1])
  }
}

/** The graphs within a graph's nodes, at any depth. */
export function graphsWithin({ nodes }: Graph): Graph[] {
  const inner = nodes.flatMap(({ attributes }) =>
    Object.values(attributes).flatMap((each) => (each.type === 'graph' ? [each.value] : [])),
  )
  return inner.flatMap((each) => [each, ...graphsWithin(each)])
}

/** Every name that a graph uses, without those within its nodes. */
function namesOf({ inputs, initializers, nodes, outputs }: Graph): Set<string> {
  const values = [...inputs, ...initializers, ...outputs].map(({ name }) => name)
  return new Set([...values, ...nodes.flatMap((node) => [node.name, ...node.outputs])])
}
