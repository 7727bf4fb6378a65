// How a model is exported, and what cannot be asked.
import { DEFAULT_OPSET } from '@anyvae/onnx'
import { TraceError } from './error.js'

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
  /** Names of the outputs, in the model's order. */
  readonly outputs?: readonly string[]
  /** By symbol: what its sizes are multiples of; the graph fails at other sizes. Default 1. */
  readonly multiples?: Readonly<Record<string, number>>
  /**
   * Promises that no value is NaN, infinite or, where it is cast to int32, beyond int32: leaves out
   * what only treats those, default false. Results for other values are the same.
   */
  readonly assumeFinite?: boolean
  /** metadata_props of the file: author, licence and the like. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly producerVersion?: string
  /** The name of the file of weights beside a model that is too large, default its own name. */
  readonly dataFile?: string
  /** Bytes of all weights above which they go there, default nearly 2 GiB, the most that ONNX can. */
  readonly externalAbove?: number
}

/** Refuses options that cannot be, before anything is traced. */
export function checkOptions({ opset = DEFAULT_OPSET, multiples = {} }: ExportOptions): void {
  if (!Number.isInteger(opset) || opset < 13 || opset > 21) {
    throw new TraceError(`export: unknown opset, got ${opset}, expected 13 to 21`)
  }
  for (const [symbol, of] of Object.entries(multiples)) {
    if (!Number.isSafeInteger(of) || of < 1) {
      throw new TraceError(
        `export: multiples of ${symbol} are no whole number, got ${of}, expected one from 1`,
      )
    }
  }
}
