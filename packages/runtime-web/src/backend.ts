// The session seam on onnxruntime-web.
import { createQueue, refuse, refuseExternalData, wrapSession } from '@anyvae/runtime'
import type { Session, SessionBackend, SessionOptions } from '@anyvae/runtime'
import type { InferenceSession } from 'onnxruntime-web'
import { checkProvider, startBuild, type Ort, type Setup } from './onnxruntime.js'

/** How to create a session in a page. */
export interface WebSessionOptions extends SessionOptions, Pick<Setup, 'wasmPaths'> {}

/** The session seam in a page. */
export interface WebBackend extends SessionBackend {
  createSession(model: Uint8Array, options?: WebSessionOptions): Promise<Session>
}

/** onnxruntime-web creates and runs one session at a time: all sessions of the page share a queue. */
const pageQueue = createQueue()

/**
 * Sessions of onnxruntime-web: `wasm` (where `provider` is left out) and `webgpu`. The build of a
 * provider is downloaded when its first session is created, which also tells the version.
 */
export const webBackend: WebBackend = {
  name: 'onnxruntime-web',
  providers: ['webgpu', 'wasm'],
  createSession,
}

async function createSession(model: Uint8Array, options: WebSessionOptions = {}): Promise<Session> {
  const { provider = 'wasm', carried: names } = options
  checkProvider(provider)
  refuseExternalData(model, options.session)
  const gpu = provider === 'webgpu' ? await (await import('./gpu.js')).openGpu() : undefined
  const { ort, threads } = await startBuild(provider, options)
  Object.assign(webBackend, { version: ort.env.versions.web })
  const queue = gpu?.queue(pageQueue) ?? pageQueue
  const carrying = names && (await import('./carry.js')).carrying(names)
  const on = { name: provider, device: gpu?.device }
  const raw = options.session ?? options.exclusive
  const settled = {
    graphOptimizationLevel: options.graphOptimization ?? 'all',
    logSeverityLevel: 3,
    executionProviders: [on],
    ...(gpu && carrying?.onGpu),
    ...(raw && (await import('./raw.js')).rawOptions(options, on)),
  } as const
  const session = await queue(creation(ort, model, settled))
  const carried = await carrying?.carry(session, queue)
  const wrapped = wrapSession(session, { provider, threads, Tensor: ort.Tensor, queue, carried })
  return gpu?.survive(wrapped, { session, carried, queue: pageQueue }) ?? wrapped
}

/** Apart from createSession, whose functions would hold the model's bytes as long as there is a session. */
function creation(
  { InferenceSession }: Ort,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): () => Promise<InferenceSession> {
  return () => InferenceSession.create(model, options).catch(fail)
}

async function fail(cause: unknown): Promise<never> {
  // Which may fail to arrive as well: where the network does.
  const told = import('./explain.js').catch(() => undefined)
  return (await told)?.explain(cause) ?? refuse('onnxruntime: cannot be used', cause, 'none')
}
