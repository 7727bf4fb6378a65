// What every kind of model is to the exporter: a function of named tensors with its weights.
import type * as tf from '@tensorflow/tfjs-core'
import { operandType } from '../captures.js'
import { TraceError } from '../error.js'
import type { TensorFunction } from '../record.js'
import type { InputSpec } from '../trace.js'
import { expectedNames, ioNames, placeOfName } from './io-names.js'

/** An input as callers give it: its dimensions, or those and its type. */
export type InputLike = InputSpec | InputSpec['dims']

/** A function or model, ready to be traced. */
export interface Traceable {
  readonly name: string
  readonly inputs: Readonly<Record<string, InputSpec>>
  /** Absent where the function alone knows. */
  readonly outputs?: readonly string[]
  /** By name in the graph: what the model itself calls its inputs and outputs. Functions have the graph's. */
  readonly ownNames?: Readonly<Record<string, string>>
  readonly fn: TensorFunction
  readonly weights: readonly Weight[]
  /** Runs the trace with the model's own names as scopes. */
  around<T>(run: () => T): T
}

/** A weight and its name in the graph. */
export interface Weight {
  readonly name: string
  readonly tensor: tf.Tensor
}

/** The full form of an input. */
export function inputSpec(input: InputLike): InputSpec {
  return 'dims' in input ? input : { dims: input }
}

/** What a model says of itself. */
export interface ModelFacts {
  readonly name: string
  readonly inputs: readonly OwnInput[]
  /** The names of its outputs. */
  readonly outputs: readonly string[]
}

/** An input as the model has it. */
interface OwnInput {
  readonly name: string
  readonly shape: readonly (number | null)[]
  readonly dtype: tf.DataType
}

/** The inputs of a model's graph, in the model's order, and the names of its outputs. */
export function modelIo(
  { name, inputs, outputs }: ModelFacts,
  { inputs: given, symbolic }: Asked,
): ModelIo {
  const own = inputs.map((input) => input.name)
  const names = ioNames(own, outputs)
  const specs = inputs.map(({ shape, dtype }, i) => {
    const input = names.inputs[i] ?? ''
    const prefix = inputs.length > 1 ? `${input}_` : ''
    const spec = { dims: openDims(shape, { prefix, symbolic }), dataType: operandType(dtype) }
    return [input, spec] as const
  })
  const told = byGraphNames(name, given, { own, names: names.inputs })
  const merged = mergedInputs(name, Object.fromEntries(specs), told)
  checkSymbolic(name, merged, symbolic)
  const pairs = [...own, ...outputs].map((each, i) => [names.inputs.concat(names.outputs)[i], each])
  return {
    inputs: merged,
    outputs: names.outputs,
    ownNames: Object.fromEntries(pairs) as Record<string, string>,
  }
}

/** A model's inputs and outputs in the graph, and by these names the model's own. */
interface ModelIo {
  readonly inputs: Record<string, InputSpec>
  readonly outputs: string[]
  readonly ownNames: Readonly<Record<string, string>>
}

/** The caller's inputs, named in any spelling, by their names in the graph. */
function byGraphNames(
  model: string,
  given: Readonly<Record<string, InputLike>>,
  known: { readonly own: readonly string[]; readonly names: readonly string[] },
): Record<string, InputLike> {
  const entries = Object.entries(given).map(([name, input]) => {
    const place = placeOfName(name, known)
    if (place === undefined) {
      throw new TraceError(
        `${model}: unknown input, got ${name}, expected ${expectedNames(name, known.own)}`,
      )
    }
    return [known.names[place] ?? '', input] as const
  })
  return Object.fromEntries(entries)
}

/** The model's own inputs, with the caller's in their places. */
function mergedInputs(
  model: string,
  own: Readonly<Record<string, InputSpec>>,
  given: Readonly<Record<string, InputLike>>,
): Record<string, InputSpec> {
  const merged = Object.entries(own).map(([name, spec]) => {
    const input = given[name]
    const next = input === undefined ? spec : { ...spec, ...inputSpec(input) }
    checkFits({ model, name }, spec, next)
    return [name, next] as const
  })
  return Object.fromEntries(merged)
}

function checkFits(
  { model, name }: { readonly model: string; readonly name: string },
  own: InputSpec,
  next: InputSpec,
): void {
  const fits = own.dims.every((size, axis) => {
    const wanted = next.dims[axis]
    return typeof size === 'string' || typeof wanted === 'string' || size === wanted
  })
  if (own.dims.length !== next.dims.length || !fits) {
    throw new TraceError(
      `${model}: input ${name} does not fit, got [${next.dims.join(', ')}], expected [${own.dims.join(', ')}]`,
    )
  }
}

/**
 * Tells an error of a model at sizes that its inputs do not share: each has names of its own, though
 * layers that join them, such as a concatenation, need the same sizes.
 */
export function withEqualNames(error: unknown, inputs: Readonly<Record<string, InputSpec>>) {
  if (!(error instanceof TraceError)) return error
  const told = new Set(error.message.match(/\w+/g))
  const unequal = Object.entries(inputs).filter(([name, { dims }]) =>
    dims.some((dim) => told.has(String(dim)) && String(dim).startsWith(`${name}_`)),
  )
  if (unequal.length < 2) return error
  const example = unequal.map(([name, { dims }]) => {
    const plain = (dim: string) => (dim.startsWith(`${name}_`) ? dim.slice(name.length + 1) : dim)
    const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : `'${plain(dim)}'`))
    return `${name}: [${sizes.join(', ')}]`
  })
  return new TraceError(
    `${error.message}; inputs that must be of equal sizes need equal names ({ ${example.join(', ')} })`,
    { cause: error },
  )
}

/** How a model's open sizes are named, and which of its fixed sizes are to be open. */
interface Opening {
  readonly prefix: string
  /** Names such as `height`. */
  readonly symbolic: readonly string[]
}

/** A model's input shape with a name for each open size: batch, then height and width of images. */
function openDims(
  shape: readonly (number | null)[],
  { prefix, symbolic }: Opening,
): readonly (number | string)[] {
  const names = NAMES[shape.length] ?? []
  return shape.map((size, axis) => {
    const name = names[axis] ?? (axis === 0 ? 'batch' : `size_${axis}`)
    if (size !== null && size >= 0 && !symbolic.includes(name)) {
      return size
    }
    return axis === 0 ? name : `${prefix}${name}`
  })
}

/** What callers say of a model's inputs. */
export interface Asked {
  readonly inputs: Readonly<Record<string, InputLike>>
  readonly symbolic: readonly string[]
  /** Whether recurrent layers are written step by step. */
  readonly unroll: boolean
}

/** Refuses names of sizes that no input has. */
function checkSymbolic(
  model: string,
  inputs: Readonly<Record<string, InputSpec>>,
  asked: readonly string[],
): void {
  const open = Object.values(inputs).flatMap(({ dims }) => dims.map(String))
  for (const name of asked) {
    if (!open.some((each) => each === name || each.endsWith(`_${name}`))) {
      const ranks = Object.values(inputs).flatMap(({ dims }) => NAMES[dims.length] ?? [])
      throw new TraceError(
        `${model}: no input has such a size, got ${name}, expected ${[...new Set(ranks)].join(', ')}`,
      )
    }
  }
}

/** By rank: what dimensions usually are, in the order of TensorFlow.js. */
const NAMES: Readonly<Record<number, readonly string[]>> = {
  2: ['batch', 'length'],
  3: ['batch', 'length', 'features'],
  4: ['batch', 'height', 'width', 'channels'],
  5: ['batch', 'depth', 'height', 'width', 'channels'],
}
