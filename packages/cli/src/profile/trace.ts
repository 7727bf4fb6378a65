// Reads the profile that ONNX Runtime writes: which node computed what, and how long each took.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { CliError, messageOf } from '../error.js'

/** The shape of a tensor that a node took or gave. */
export interface TensorShape {
  /** As ONNX Runtime has it: `float`, `uint8`, `int64`, … */
  readonly type: string
  readonly dims: readonly number[]
}

/** A node on values of certain shapes: all its calls in one run of the session. */
export interface NodeCalls {
  /** Of the node, as ONNX Runtime's optimizer left it. */
  readonly name: string
  readonly op: string
  /** `cpu`, `cuda`, `webgpu`, … */
  readonly provider: string
  readonly inputs: readonly TensorShape[]
  readonly outputs: readonly TensorShape[]
  readonly calls: number
  readonly microseconds: number
}

/** One run of the session. */
export interface ProfiledRun {
  /** From the call to its end, kernels and all else. */
  readonly microseconds: number
  /** Those that compute; nodes that only hold others, such as Loop, are left out. */
  readonly nodes: readonly NodeCalls[]
}

/** Their time is that of the nodes within, which have events of their own. */
const HOLDERS = new Set(['Loop', 'If', 'Scan'])

const KERNEL = '_kernel_time'

/**
 * The runs in a profile, in order. Read line by line, an event a line, as profiles may be larger than a
 * string can be. A run that is cut off is left out: ONNX Runtime keeps a million events and drops others.
 *
 * @throws CliError where the file is not such a profile
 */
export async function readTrace(file: string): Promise<ProfiledRun[]> {
  const runs: ProfiledRun[] = []
  let nodes = new Map<string, NodeCalls>()
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Infinity,
  })) {
    const event = eventOf(line, file)
    if (event === undefined) continue
    const { cat, name, dur } = event
    if (cat === 'Session' && name === 'model_run') {
      // The events of a run stand before its own.
      runs.push({ microseconds: dur, nodes: [...nodes.values()] })
      nodes = new Map()
    } else if (cat === 'Node' && name.endsWith(KERNEL)) {
      addCall(nodes, event)
    }
  }
  return runs
}

interface TraceEvent {
  readonly cat: string
  readonly name: string
  readonly dur: number
  readonly args?: {
    readonly op_name?: string
    readonly provider?: string
    readonly input_type_shape?: readonly Shaped[]
    readonly output_type_shape?: readonly Shaped[]
  }
}

/** `{ "float": [128, 784] }` */
type Shaped = Readonly<Record<string, readonly number[]>>

function eventOf(line: string, file: string): TraceEvent | undefined {
  const text = line.trim().replace(/,$/, '')
  if (text === '[' || text === ']' || text === '') return undefined
  try {
    return JSON.parse(text) as TraceEvent
  } catch (cause) {
    throw new CliError(
      `${file}: not a profile of ONNX Runtime, got ${messageOf(cause)}, expected an event a line`,
      { cause },
    )
  }
}

function addCall(nodes: Map<string, NodeCalls>, { name: label, dur, args = {} }: TraceEvent): void {
  const { op_name: op = '', provider = '' } = args
  if (HOLDERS.has(op)) return
  const { input_type_shape: inputs = [], output_type_shape: outputs = [] } = args
  const name = label.slice(0, -KERNEL.length)
  const key = JSON.stringify([name, provider, inputs, outputs])
  const before = nodes.get(key) ?? {
    name,
    op,
    provider: provider.replace(/ExecutionProvider$/, '').toLowerCase(),
    inputs: inputs.flatMap(shapesOf),
    outputs: outputs.flatMap(shapesOf),
    calls: 0,
    microseconds: 0,
  }
  const { calls, microseconds } = before
  nodes.set(key, { ...before, calls: calls + 1, microseconds: microseconds + dur })
}

function shapesOf(shaped: Shaped): TensorShape[] {
  return Object.entries(shaped).map(([type, dims]) => ({ type, dims }))
}
