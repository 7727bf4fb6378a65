// Loading bundles and bare files by URL.
import {
  abortable,
  checkLoadOptions,
  openDecoder,
  openEncoder,
  openVae,
  readUrl,
  urlReader,
} from '@anyvae/runtime'
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
    const reader = settled.cache
      ? (await loadCache()).cachedReader(url, settled)
      : urlReader(url, settled)
    return openVae(reader, backend, { ...settled, lazy: settled.lazy !== false })
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
    openDecoder(await read(url, settled), backend, settled),
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
    openEncoder(await read(url, settled), backend, settled),
  )
}

/** In a file of its own, for pages that keep nothing. */
function loadCache(): Promise<typeof cacheModule> {
  return import('./cache.js')
}

async function read(url: string | URL, options: CachedOptions): Promise<Uint8Array> {
  return options.cache ? (await loadCache()).readCached(url, options) : readUrl(url, options)
}

interface Opened {
  readonly info: RuntimeInfo
  release(): Promise<void>
}

/** What is downloaded with and opened with. */
type Settled = OpenVaeOptions & CachedOptions

const WEB_OPTIONS = ['precision', 'lazy', 'cache', 'wasmPaths']

async function open<T extends Opened>(
  options: LoadVaeOptions,
  opened: (backend: SessionBackend, options: Settled) => Promise<T>,
): Promise<T> {
  checkLoadOptions(options, WEB_OPTIONS)
  const { provider = 'auto', signal, ...rest } = options
  const { backend, fallback } = chooseBackend(provider, options)
  const model = await abortable(signal, (ending) => opened(backend, { ...rest, signal: ending }))
  return { ...model, info: { ...model.info, ...fallback() } }
}
