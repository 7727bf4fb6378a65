// Loading bundles and bare files by URL.
import { openDecoder, openEncoder, openVae, readUrl, refuse, urlReader } from '@anyvae/runtime'
import type {
  Decoder,
  Encoder,
  OpenOptions,
  OpenVaeOptions,
  RuntimeInfo,
  SessionBackend,
  Vae,
} from '@anyvae/runtime'
import { chooseBackend } from './auto.js'
import { webBackend } from './backend.js'
import type * as cacheModule from './cache.js'
import type { CachedOptions } from './cache.js'
import type { WasmPaths } from './onnxruntime.js'

/** What pages choose besides. */
export interface WebOptions extends CachedOptions {
  /** `auto` where left out: WebGPU where a first run succeeds on it, else WASM. */
  readonly provider?: 'auto' | 'webgpu' | 'wasm'
  /** Where onnxruntime's own files lie; beside its module where left out. */
  readonly wasmPaths?: WasmPaths
}

/** How to load a bare file: what to open it with, and how to download it. */
export interface LoadOptions extends Omit<OpenOptions, 'provider'>, WebOptions {}

/** How to load a bundle: what to open it with, and how to download it. */
export interface LoadVaeOptions extends Omit<OpenVaeOptions, 'provider'>, WebOptions {}

/**
 * Loads a bundle. The encoder is downloaded when it is first used, unless `lazy` is false.
 *
 * @param url of the bundle's folder; relative to the page
 * @throws RuntimeError (by rejection) where a file is missing, altered or of a newer format, or the
 * provider cannot start
 */
export function loadVae(url: string | URL, options: LoadVaeOptions = {}): Promise<Vae> {
  return open(options, async (backend, settled) => {
    const folder = urlReader(String(url), options)
    const reader = options.cache ? (await loadCache()).cachedReader(folder, options) : folder
    return openVae(reader, backend, { lazy: true, ...settled })
  })
}

/**
 * Loads a bare decoder.onnx, without its manifest: sizes come from the graph, nothing is verified.
 *
 * @throws RuntimeError (by rejection) where it cannot be read, is no decoder, or the provider cannot
 * start
 */
export function loadDecoder(url: string | URL, options: LoadOptions = {}): Promise<Decoder> {
  return open(options, async (backend, settled) =>
    openDecoder(await read(String(url), options), backend, settled),
  )
}

/**
 * Loads a bare encoder.onnx, without its manifest: sizes come from the graph, nothing is verified.
 *
 * @throws RuntimeError (by rejection) where it cannot be read, is no encoder, or the provider cannot
 * start
 */
export function loadEncoder(url: string | URL, options: LoadOptions = {}): Promise<Encoder> {
  return open(options, async (backend, settled) =>
    openEncoder(await read(String(url), options), backend, settled),
  )
}

/** In a file of its own, for pages that keep nothing. */
function loadCache(): Promise<typeof cacheModule> {
  return import('./cache.js')
}

async function read(url: string, options: WebOptions): Promise<Uint8Array> {
  return options.cache ? (await loadCache()).readCached(url, options) : readUrl(url, options)
}

interface Opened {
  readonly info: RuntimeInfo
  release(): Promise<void>
}

async function open<T extends Opened>(
  { provider = 'auto', ...rest }: LoadVaeOptions,
  opened: (backend: SessionBackend, options: OpenVaeOptions) => Promise<T>,
): Promise<T> {
  if (provider !== 'auto')
    return checkAborted(await opened(webBackend, { ...rest, provider }), rest)
  const { backend, fallback } = chooseBackend()
  const model = await checkAborted(await opened(backend, rest), rest)
  const reason = fallback()
  return { ...model, info: { ...model.info, ...(reason !== undefined && { fallback: reason }) } }
}

async function checkAborted<T extends Opened>(model: T, { signal }: WebOptions): Promise<T> {
  if (!signal?.aborted) return model
  await model.release()
  refuse('load: aborted', signal.reason, 'none')
}
