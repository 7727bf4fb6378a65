// The session seam on onnxruntime-node.
import './no-telemetry.js'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { env, InferenceSession, Tensor, listSupportedBackends } from 'onnxruntime-node'
import {
  checkCarried,
  createCarried,
  checkWhole,
  createQueue,
  inGpuBuffers,
  refuse,
  refuseExternalData,
  wrapSession,
  type Provider,
  type Session,
  type SessionBackend,
  type SessionOptions,
  type WrapOptions,
} from '@anyvae/runtime'
import { createDownloader } from './download.js'
import { checkExternalFiles } from './external.js'
import { refuseProvider, refuseUnknown } from './providers.js'

const PROVIDERS: readonly Provider[] = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml']

/** More would only eat memory: a thread that waits for work spins. */
const MOST_THREADS = Math.max(256, availableParallelism())

/** Sessions side by side on WebGPU have crashed (onnxruntime#32561): they share one queue. */
const webgpuQueue = createQueue()

/** How to create a session in Node. */
export interface NodeSessionOptions extends SessionOptions {
  /**
   * The folder of a model that has values in other files: they may be there, and nowhere else. A model
   * with such values is refused where this is left out. They are not read by JavaScript, and may be
   * larger than memory has room for twice.
   */
  readonly externalData?: string | undefined
}

/** The session seam in Node. */
export interface NodeBackend extends SessionBackend {
  createSession(model: Uint8Array, options?: NodeSessionOptions): Promise<Session>
}

/**
 * Sessions of onnxruntime-node: `cpu` everywhere, `webgpu`, `cuda`, `coreml` and `dml` where its
 * binaries have them. A session uses all available threads where `threads` is left out.
 */
export const nodeBackend: NodeBackend = {
  name: 'onnxruntime-node',
  ...(env.versions.node !== undefined && { version: env.versions.node }),
  providers: builtProviders(),
  createSession,
}

function builtProviders(): Provider[] {
  const built = listSupportedBackends().map((backend) => backend.name)
  return PROVIDERS.filter((provider) => built.includes(provider))
}

/** What can be known to be wrong without a model. Throws RuntimeError. */
export function checkSettings(options: NodeSessionOptions): Settled {
  const { provider = 'cpu', threads = availableParallelism() } = options
  if (!nodeBackend.providers.includes(provider)) {
    refuseUnknown(provider, nodeBackend.providers)
  }
  checkWhole('threads', threads, 1, MOST_THREADS)
  return { ...options, provider, threads }
}

async function createSession(
  model: Uint8Array,
  options: NodeSessionOptions = {},
): Promise<Session> {
  const settled = checkSettings(options)
  await checkValues(model, settled)
  const session = await create(model, settled)
  try {
    return wrapSession(session, wrapOptions(session, settled))
  } catch (error) {
    await session.release()
    throw error
  }
}

function wrapOptions(session: InferenceSession, options: Settled): WrapOptions {
  const { provider, threads, carried, profile } = options
  const executors = executionProviders(options)
  const downloader = createDownloader({ executionProviders: executors, logSeverityLevel: 3 })
  return {
    provider,
    threads,
    Tensor,
    ...(carried && { carried: createCarried(session, carried) }),
    download: (tensor) => downloader.download(tensor),
    ...(provider === 'webgpu' && { queue: webgpuQueue }),
    async beforeRelease() {
      if (profile !== undefined) session.endProfiling()
      await downloader.release()
    },
  }
}

/** Before onnxruntime sees a model: its values are in it, or where the caller permits. */
async function checkValues(model: Uint8Array, { externalData, session }: Settled): Promise<void> {
  if (externalData === undefined) refuseExternalData(model, session)
  else await checkExternalFiles(model, externalData)
}

type Settled = NodeSessionOptions & { readonly provider: Provider; readonly threads: number }

async function create(model: Uint8Array, options: Settled): Promise<InferenceSession> {
  const ort = ortOptions(options)
  try {
    return await InferenceSession.create(model, ort)
  } catch (cause) {
    await checkModel(model, options)
    if (options.provider !== 'cpu') refuseProvider(options, cause)
    refuse('session: onnxruntime refuses its options', cause, 'options of onnxruntime sessions')
  }
}

/** A model that does not load on the CPU either is at fault itself, whatever was asked for. */
async function checkModel(model: Uint8Array, options: Settled): Promise<void> {
  const { carried = {}, session: raw } = options
  const mounted = (raw as InferenceSession.SessionOptions | undefined)?.externalData
  const session = await InferenceSession.create(model, {
    logSeverityLevel: 4,
    extra: { session: folderOption(options) },
    // Without them it would look in the working folder.
    ...(mounted !== undefined && { externalData: mounted }),
  }).catch((cause: unknown) =>
    refuse('model: onnxruntime cannot load it', cause, 'a readable ONNX model'),
  )
  try {
    checkCarried(session, carried)
  } finally {
    await session.release()
  }
}

function ortOptions(options: Settled): InferenceSession.SessionOptions {
  const { provider, threads, exclusive = false, profile, carried = {} } = options
  return {
    interOpNumThreads: 1,
    graphOptimizationLevel: options.graphOptimization ?? 'all',
    logSeverityLevel: 3,
    ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
    ...(provider === 'webgpu' && inGpuBuffers(carried)),
    ...options.session,
    extra: extraOptions(options.session?.['extra'], {
      ...(exclusive && provider !== 'cpu' && { disable_cpu_ep_fallback: '1' }),
      ...folderOption(options),
    }),
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
  refuse(
    "session.executionProviders: not the session's one provider",
    JSON.stringify(raw),
    `["${provider}"] or [{ "name": "${provider}", … }]`,
  )
}

/**
 * Threads that sleep once a run has ended. By default they go on looking for work for tens of milliseconds,
 * and take the processors from the session that runs next. The README has figures.
 */
const SLEEPING = 'force_spinning_stop'

/** Where onnxruntime finds the files of a model that it gets as bytes, instead of the working folder. */
function folderOption({ externalData }: Settled): Record<string, string> {
  if (externalData === undefined) return {}
  return { model_external_initializers_file_folder_path: resolve(externalData) }
}

/** The raw `extra` options and ours: they win over our own choices, and what is `strict` over them. */
function extraOptions(
  raw: unknown,
  strict: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const extra = recordOf('session.extra', raw)
  const session = recordOf('session.extra.session', extra['session'])
  const sleeping = `session.${SLEEPING}` in extra ? {} : { [SLEEPING]: '1' }
  return { ...extra, session: { ...sleeping, ...session, ...strict } }
}

function recordOf(option: string, value: unknown = {}): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return { ...value }
  refuse(`${option}: not an object`, JSON.stringify(value), 'options by their names')
}
