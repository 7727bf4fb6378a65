// The session seam on onnxruntime-web.
import { createQueue, refuse, wrapSession } from '@anyvae/runtime'
import type { Queue, Session, SessionBackend, SessionOptions } from '@anyvae/runtime'
import type { InferenceSession } from 'onnxruntime-web'
import { startBuild, type Ort, type Setup } from './onnxruntime.js'

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
 * provider is downloaded when its first session is created.
 */
export const webBackend: WebBackend = {
  name: 'onnxruntime-web',
  providers: ['webgpu', 'wasm'],
  createSession,
}

async function createSession(model: Uint8Array, options: WebSessionOptions = {}): Promise<Session> {
  const { provider = 'wasm' } = options
  if (provider !== 'wasm' && provider !== 'webgpu') {
    refuse('provider: not one of onnxruntime-web', `'${provider}'`, 'auto, webgpu or wasm')
  }
  const gpu = provider === 'webgpu' ? await (await import('./gpu.js')).openGpu() : undefined
  const { ort, threads } = await startBuild(provider, options)
  const queue: Queue = (task) => pageQueue(gpu ? () => gpu.guard(task) : task)
  const { carried: names } = options
  const carrying = names && (await import('./carry.js'))
  const location = gpu && names && carrying?.inGpuBuffers(names)
  const settled = { ...location, ...settle(options, gpu?.device) }
  const session = await queue(() => create(ort, model, settled))
  const carried = names && (await carrying?.carry(session, names, queue))
  const wrapped = wrapSession(session, { provider, threads, Tensor: ort.Tensor, queue, carried })
  return gpu?.survive(wrapped, () => pageQueue(() => session.release())) ?? wrapped
}

async function create(
  { InferenceSession }: Ort,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, options)
  } catch (cause) {
    if (String(cause).includes('no available backend')) {
      refuse('onnxruntime: cannot start', cause, 'its files (see wasmPaths)')
    }
    refuse('model: onnxruntime cannot load it', cause, 'a readable ONNX model')
  }
}

function settle(
  { exclusive = false, graphOptimization = 'all', session = {} }: SessionOptions,
  device: GPUDevice | undefined,
): InferenceSession.SessionOptions {
  const name = device ? 'webgpu' : 'wasm'
  const extra = record(session['extra'])
  const strict = exclusive && device && { disable_cpu_ep_fallback: '1' }
  return {
    graphOptimizationLevel: graphOptimization,
    logSeverityLevel: 3,
    ...session,
    extra: { ...extra, session: { ...record(extra['session']), ...strict } },
    executionProviders: [{ ...settings(session['executionProviders'], name), name, device }],
  }
}

/** The settings of the one provider, where the raw options carry them. */
function settings(raw: unknown, provider: string): Record<string, unknown> {
  const all: readonly unknown[] = Array.isArray(raw) ? raw : [provider]
  const found = record(all[0])
  if (all.length === 1 && (all[0] === provider || found['name'] === provider)) return found
  refuse('session.executionProviders: not its one', JSON.stringify(raw), provider)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
