// The entry ./probe: what this machine can compute with, found out by computing, in processes of their own.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'
import { isAbortSignal, kindOf, refuse, type Provider } from '@anyvae/runtime'
import { needsOf, type Need } from './needs.js'
import { briefly } from './providers.js'
import { tinyModel } from './tiny.js'

export { needsOf, PLATFORMS, type Need } from './needs.js'

/** What onnxruntime-node is here. */
export interface OnnxRuntime {
  readonly version?: string
  /** The providers that its binaries for this machine have. */
  readonly providers: readonly string[]
  /** Why it does not load, where it does not. */
  readonly problem?: string
}

/** Whether a provider computes here. */
export interface Probe {
  readonly provider: Provider
  readonly works: boolean
  /** Why not: what onnxruntime said, or how its process ended. */
  readonly problem?: string
  readonly needs: readonly Need[]
}

/** How to probe. */
export interface ProbeOptions {
  /** Milliseconds until a process that has not answered is ended; 60,000 where left out. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** Loads onnxruntime-node in a process of its own. Never throws, but for the signal's reason. */
export async function probeOnnxRuntime(options: ProbeOptions = {}): Promise<OnnxRuntime> {
  const told = await askOnnxRuntime(LOAD, [], options)
  if ('problem' in told) return { providers: [], problem: briefly(told.problem) }
  return JSON.parse(told.answer) as OnnxRuntime
}

/**
 * Runs a graph of one addition on a provider alone, in a process of its own, so that a crash of its
 * driver is an answer like any other. Never throws, but for the signal's reason.
 */
export async function probeProvider(
  provider: Provider,
  options: ProbeOptions = {},
): Promise<Probe> {
  const needs = needsOf(provider)
  const told = await askOnnxRuntime(COMPUTE, [provider, MODEL], options)
  if ('answer' in told && told.answer === '[2,4,6,8]') return { provider, works: true, needs }
  const problem = 'problem' in told ? briefly(told.problem) : `a wrong result, ${told.answer}`
  return { provider, works: false, problem, needs }
}

function askOnnxRuntime(
  code: string,
  words: readonly string[],
  options: ProbeOptions,
): Promise<Answer> {
  try {
    const path = createRequire(import.meta.url).resolve('onnxruntime-node')
    return askProcess(code, [path, ...words], options)
  } catch {
    return Promise.resolve({ problem: 'onnxruntime-node is not installed' })
  }
}

const MODEL = Buffer.from(
  tinyModel({ opType: 'Add', inputs: ['x', 'x'], output: 'sum', type: 1, dims: [1, 1, 2, 2] }),
).toString('base64')

/** What the processes run: text, since it must be there wherever this file has been bundled to. */
const LOAD = `
const ort = require(process.argv[1])
answer({
  version: ort.env.versions.node,
  providers: ort.listSupportedBackends().map((backend) => backend.name),
})`

const COMPUTE = `
const ort = require(process.argv[1])
const executionProviders = [process.argv[2]]
const extra = executionProviders[0] === 'cpu' ? {} : { session: { disable_cpu_ep_fallback: '1' } }
const options = { executionProviders, extra, logSeverityLevel: 4 }
ort.InferenceSession.create(Buffer.from(process.argv[3], 'base64'), options)
  .then((session) => session.run({ x: new ort.Tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2]) }))
  .then(({ sum }) => answer([...sum.data]), refuse)`

const COMMON = `
const answer = (value) => process.stdout.write('answer ' + JSON.stringify(value) + '\\n')
const refuse = (error) => {
  process.stdout.write('problem ' + String(error.message).replace(/\\s+/g, ' ') + '\\n')
  process.exitCode = 1
}
process.on('uncaughtException', refuse)`

/** What a process answered, or why it did not. */
export type Answer = { readonly answer: string } | { readonly problem: string }

/**
 * Runs CommonJS code in a Node of its own. The code calls `answer(value)` with what becomes JSON, or
 * `refuse(error)`; `words` follow in `process.argv` from 1 on. However the process ends, that is an
 * answer too. Never throws, but for the signal's reason.
 */
export async function askProcess(
  code: string,
  words: readonly string[],
  { timeout = 60_000, signal }: ProbeOptions = {},
): Promise<Answer> {
  if (signal !== undefined && !isAbortSignal(signal)) {
    refuse('signal: not usable', kindOf(signal), 'an AbortSignal')
  }
  signal?.throwIfAborted()
  const child = spawn(process.execPath, ['-e', COMMON + code, '--', ...words], {
    env: { ORT_DISABLE_TELEMETRY: '1', ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
    ...(signal && { signal }),
  })
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, name) => resolve(endText(code, name, timeout)))
  })
  const [output, errors, end] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  signal?.throwIfAborted()
  const line = (kind: string) => new RegExp(`^${kind} (.*)$`, 'm').exec(output)?.[1]
  const answer = line('answer')
  return answer === undefined ? { problem: line('problem') ?? end + lastLine(errors) } : { answer }
}

/** What a process said last, such as the linker's complaint. */
function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? ''
  return line === '' ? '' : `: ${line.slice(0, 200)}`
}

function endText(code: number | null, signal: string | null, timeout: number): string {
  if (signal === 'SIGKILL') return `no answer within ${timeout / 1000} s`
  return `its process ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`
}
