// How a model is exported, and what cannot be asked.
import { TraceError } from './error.js'
import type { Gradients } from './recorder.js'
import type { Ranges } from './probes.js'

/** How a model is exported. */
export interface ExportOptions {
  /** The graph's name, default the model's or function's own. */
  readonly name?: string
  readonly doc?: string
  /** The operator set, 13 to 21, default 17; the IR version is the oldest that goes with it. */
  readonly opset?: number
  /** Whether passes make the graph smaller without changing what it computes, default true. */
  readonly optimize?: boolean
  /** Of weights and arithmetic, default float32; inputs and outputs keep their types. */
  readonly precision?: 'float32' | 'float16'
  /**
   * Sizes that a model fixes and the graph leaves open, such as `height` and `width`, where its layers
   * work at any. Functions say so in their inputs.
   */
  readonly symbolic?: readonly string[]
  /**
   * Writes recurrent layers as a copy of the step for each element, default false: one Scan. For
   * runtimes without Scan, such as ONNX Runtime on WebGPU, which would leave it to the CPU.
   */
  readonly unroll?: boolean
  /**
   * Makes an input of each tensor of random numbers that the function draws (`tf.randomNormal` and its
   * kin, the mask of a dropout in training mode), default false: such are refused. The result's `noise`
   * says what each must be fed with.
   */
  readonly noiseInputs?: boolean
  /** Names of the outputs, in the model's order. */
  readonly outputs?: readonly string[]
  /** By symbol: what its sizes are multiples of; the graph fails at other sizes. Default 1. */
  readonly multiples?: Readonly<Record<string, number>>
  /** By symbol: its least and largest size, where a function fails at the usual ones, 11 to 20. */
  readonly ranges?: Ranges
  /**
   * Promises that no value is NaN, infinite or, where it is cast to int32, beyond int32: leaves out
   * what only treats those, default false. Results for other values are the same.
   */
  readonly assumeFinite?: boolean
  /**
   * Where TensorFlow.js computes a wrong gradient: `tensorflow`, the default, gives what it computes,
   * `exact` the right one, of average pools whose windows reach into the padding and of resizes with
   * half pixel centres.
   */
  readonly gradients?: Gradients
  /** metadata_props of the file: author, licence and the like. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly producerVersion?: string
  /** The name of the file of weights beside a model that is too large, default its own name. */
  readonly dataFile?: string
  /** Bytes of all weights above which they go there, default nearly 2 GiB, the most that ONNX can. */
  readonly externalAbove?: number
}

/** What an option may be. */
interface Kind {
  readonly is: (value: unknown) => boolean
  readonly expected: string
}

const isText = (value: unknown) => typeof value === 'string'
const isSwitch = (value: unknown) => typeof value === 'boolean'
const isNames = (value: unknown) => Array.isArray(value) && value.every(isText)

const isRange = (value: unknown) =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((size) => Number.isSafeInteger(size) && Number(size) > 0) &&
  Number(value[0]) < Number(value[1])

/** Whether a value is an object by names, no list. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const text: Kind = { is: isText, expected: 'text' }
const names: Kind = { is: isNames, expected: 'a list of names' }
const onOrOff: Kind = { is: isSwitch, expected: 'true or false' }

const KINDS: Readonly<Record<keyof ExportOptions, Kind>> = {
  name: text,
  doc: text,
  opset: {
    is: (value) => Number.isInteger(value) && Number(value) >= 13 && Number(value) <= 21,
    expected: '13 to 21, as a number',
  },
  optimize: onOrOff,
  precision: {
    is: (value) => value === 'float32' || value === 'float16',
    expected: "'float32' or 'float16'",
  },
  symbolic: names,
  unroll: onOrOff,
  noiseInputs: onOrOff,
  outputs: names,
  multiples: { is: isRecord, expected: 'whole numbers by name, such as { height: 8 }' },
  ranges: {
    is: (value) => isRecord(value) && Object.values(value).every(isRange),
    expected: 'a least and a larger size by name, such as { length: [1, 30] }',
  },
  metadata: {
    is: (value) => isRecord(value) && Object.values(value).every(isText),
    expected: 'text by name',
  },
  producerVersion: text,
  dataFile: text,
  assumeFinite: onOrOff,
  gradients: {
    is: (value) => value === 'tensorflow' || value === 'exact',
    expected: "'tensorflow' or 'exact'",
  },
  externalAbove: {
    is: (value) => typeof value === 'number' && value >= 0,
    expected: 'a number of bytes from 0',
  },
}

/** Refuses options that cannot be, before anything is traced. */
export function checkOptions(options: unknown): asserts options is ExportOptions {
  if (!isRecord(options)) {
    throw refused('options', options, 'an object such as { opset: 17 }')
  }
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.entries(KINDS).find(([known]) => known === name)?.[1]
    if (kind === undefined) {
      throw new TraceError(
        `export: unknown option, got ${name}, expected ${Object.keys(KINDS).join(', ')}`,
      )
    }
    if (value !== undefined && !kind.is(value)) throw refused(name, value, kind.expected)
  }
  checkMultiples(options['multiples'] ?? {})
}

function refused(what: string, got: unknown, expected: string): TraceError {
  return new TraceError(`export: unknown ${what}, got ${shown(got)}, expected ${expected}`)
}

function checkMultiples(multiples: object): void {
  for (const [symbol, of] of Object.entries(multiples) as [string, unknown][]) {
    if (!Number.isSafeInteger(of) || Number(of) < 1) {
      throw new TraceError(
        `export: multiples of ${symbol} are no whole number, got ${shown(of)}, expected one from 1`,
      )
    }
  }
}

/** Refuses inputs that are no shapes by name. */
export function checkInputs(inputs: unknown): void {
  if (!isRecord(inputs)) {
    throw refused('inputs', inputs, "shapes by name, such as { image: ['batch', 784] }")
  }
  for (const [name, input] of Object.entries(inputs)) {
    const spec = isRecord(input) ? input : { dims: input }
    const dims = spec['dims'] ?? input
    const isSize = (size: unknown) => typeof size === 'number' || typeof size === 'string'
    if (!Array.isArray(dims) || !dims.every(isSize)) {
      throw new TraceError(
        `export: input ${name} has no usable shape, got ${shown(dims)}, expected one such as ['batch', 784]`,
      )
    }
    const type = spec['dataType'] ?? 'float32'
    if (type !== 'float32' && type !== 'int32' && type !== 'bool') {
      throw new TraceError(
        `export: input ${name} has no usable type, got ${shown(type)}, expected 'float32', 'int32' or 'bool'`,
      )
    }
  }
}

/** Refuses properties of inputs that nothing reads, such as another word for a type. */
export function checkProperties(inputs: Readonly<Record<string, object>>): void {
  for (const [name, input] of Object.entries(inputs)) {
    const keys = Array.isArray(input) ? [] : Object.keys(input)
    const unknown = keys.filter((key) => key !== 'dims' && key !== 'dataType')
    if (unknown.length > 0) {
      throw new TraceError(
        `export: input ${name} has an unknown property, got ${unknown.join(', ')}, expected dims and dataType`,
      )
    }
  }
}

/** A value as it may have been written; of what has a class, its name alone. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value !== 'object' || value === null) return String(value)
  return isPlain(value)
    ? JSON.stringify(value, (_, each: unknown) => (isPlain(each) ? each : each?.constructor.name))
    : `a ${value.constructor.name}`
}

function isPlain(value: unknown): boolean {
  return (
    typeof value !== 'object' || value === null || /^(Object|Array)$/.test(value.constructor.name)
  )
}
