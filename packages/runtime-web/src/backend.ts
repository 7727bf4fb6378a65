// The session seam on onnxruntime-web.
import { createQueue, refuse, wrapSession } from '@anyvae/runtime'
import type { Queue, Session, SessionBackend, SessionOptions } from '@anyvae/runtime'
import type { InferenceSession } from 'onnxruntime-web'
import { openGpu, type Gpu } from './gpu.js'
import { startBuild, type Ort, type Setup, type WebProvider } from './onnxruntime.js'

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
  const gpu = provider === 'webgpu' ? await openGpu() : undefined
  const { ort, threads } = await startBuild(provider, options)
  const queue: Queue = (task) => pageQueue(gpu ? () => gpu.guard(task) : task)
  const session = await queue(() => create(ort, model, ortOptions({ ...options, provider }, gpu)))
  return wrapSession(session, { provider, threads, Tensor: ort.Tensor, queue })
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
      refuse('onnxruntime: cannot start', cause, 'its .mjs and .wasm files (see wasmPaths)')
    }
    refuse('model: onnxruntime cannot load it', cause, 'an ONNX model that it can run')
  }
}

function ortOptions(
  options: SessionOptions & { readonly provider: WebProvider },
  gpu: Gpu | undefined,
): InferenceSession.SessionOptions {
  const { provider, exclusive = false, graphOptimization = 'all', session = {} } = options
  const extra = record(session['extra'])
  const strict = exclusive && gpu && { disable_cpu_ep_fallback: '1' }
  return {
    graphOptimizationLevel: graphOptimization,
    logSeverityLevel: 3,
    ...session,
    extra: { ...extra, session: { ...record(extra['session']), ...strict } },
    executionProviders: [
      { ...settings(session['executionProviders'], provider), name: provider, device: gpu?.device },
    ],
  }
}

/** The settings of the one provider, where the raw options carry them. */
function settings(raw: unknown, provider: string): Record<string, unknown> {
  const all: readonly unknown[] = Array.isArray(raw) ? raw : [provider]
  const found = record(all[0])
  if (all.length === 1 && (all[0] === provider || found['name'] === provider)) return found
  const expected = `"${provider}" alone`
  refuse("session.executionProviders: not the session's one", JSON.stringify(raw), expected)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
