// The session seam on onnxruntime-node.
import { availableParallelism } from 'node:os'
import { InferenceSession, Tensor, listSupportedBackends } from 'onnxruntime-node'
import {
  RuntimeError,
  causeText,
  checkWhole,
  createQueue,
  wrapSession,
  type Provider,
  type Session,
  type SessionBackend,
  type SessionOptions,
} from '@anyvae/runtime'
import { missingProvider, unknownProvider } from './providers.js'

const PROVIDERS: readonly Provider[] = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml']

/** Sessions side by side on WebGPU have crashed (onnxruntime#32561): they share one queue. */
const webgpuQueue = createQueue()

/**
 * Sessions of onnxruntime-node: `cpu` everywhere, `webgpu`, `cuda`, `coreml` and `dml` where its
 * binaries have them. A session uses all available threads where `threads` is left out.
 */
export const nodeBackend: SessionBackend = {
  name: 'onnxruntime-node',
  providers: builtProviders(),
  createSession,
}

function builtProviders(): Provider[] {
  const built = listSupportedBackends().map((backend) => backend.name)
  return PROVIDERS.filter((provider) => built.includes(provider))
}

async function createSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const { provider = 'cpu', threads = availableParallelism() } = options
  if (!nodeBackend.providers.includes(provider)) {
    throw unknownProvider(provider, nodeBackend.providers)
  }
  checkWhole('threads', threads, 1)
  const session = await create(model, { ...options, provider, threads })
  return wrapSession(session, {
    provider,
    threads,
    Tensor,
    ...(provider === 'webgpu' && { queue: webgpuQueue }),
    ...(options.profile !== undefined && { beforeRelease: () => session.endProfiling() }),
  })
}

type Settled = SessionOptions & Required<Pick<SessionOptions, 'provider' | 'threads'>>

async function create(model: Uint8Array, options: Settled): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, ortOptions(options))
  } catch (cause) {
    await checkModel(model)
    throw options.provider === 'cpu' ? refusedOptions(cause) : missingProvider(options, cause)
  }
}

/** A model that does not load on the CPU either is at fault itself, whatever was asked for. */
async function checkModel(model: Uint8Array): Promise<void> {
  try {
    const session = await InferenceSession.create(model, { logSeverityLevel: 4 })
    await session.release()
  } catch (cause) {
    const got = causeText(cause)
    throw new RuntimeError(
      `model: onnxruntime cannot load it, got '${got}', expected a readable ONNX model`,
      { cause },
    )
  }
}

function refusedOptions(cause: unknown): RuntimeError {
  return new RuntimeError(
    `session: onnxruntime refuses its options, got '${causeText(cause)}', ` +
      'expected options of onnxruntime sessions',
    { cause },
  )
}

function ortOptions(options: Settled): InferenceSession.SessionOptions {
  const { provider, threads, exclusive = false, profile, graphOptimization = 'all' } = options
  return {
    interOpNumThreads: 1,
    graphOptimizationLevel: graphOptimization,
    logSeverityLevel: 3,
    ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
    ...(exclusive && provider !== 'cpu' && { extra: EXCLUSIVE }),
    ...options.session,
    executionProviders: executionProviders(options),
    intraOpNumThreads: threads,
  }
}

/** The provider alone, with its settings where the raw options carry them. */
function executionProviders({ provider, session }: Settled): (Provider | { name: Provider })[] {
  const raw: unknown = session?.['executionProviders'] ?? [provider]
  const config: unknown = Array.isArray(raw) && raw.length === 1 ? raw[0] : undefined
  if (config === provider) return [provider]
  if (typeof config === 'object' && config !== null && 'name' in config) {
    if (config.name === provider) return [{ ...config, name: provider }]
  }
  throw new RuntimeError(
    `session.executionProviders: not the session's one provider, got ${JSON.stringify(raw)}, ` +
      `expected ["${provider}"] or [{ "name": "${provider}", … }]`,
  )
}

const EXCLUSIVE = { session: { disable_cpu_ep_fallback: '1' } }
