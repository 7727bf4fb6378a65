// Loading bundles and bare files from disk or URL.
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  abortable,
  checkLoadOptions,
  openDecoder,
  openEncoder,
  openVae,
  readUrl,
  refuse,
  urlReader,
  type BundleReader,
  type Decoder,
  type DownloadOptions,
  type Encoder,
  type OpenOptions,
  type OpenVaeOptions,
  type SessionBackend,
  type Vae,
} from '@anyvae/runtime'
import { checkSettings, nodeBackend } from './backend.js'
import { diskReader, readDisk } from './disk.js'

/** How to load a bundle: what to open it with, and how to download it where it is a URL. */
export interface LoadVaeOptions extends OpenVaeOptions, DownloadOptions {}

/** How to load a bare file: what to open it with, and how to download it where it is a URL. */
export interface LoadOptions extends OpenOptions, DownloadOptions {
  /**
   * Whether a local model may have values in other files, as those above 2 GB have. These must be regular
   * files in its folder, links resolved. False where left out: any other model is refused, since it would
   * choose which of the caller's files are read.
   */
  readonly externalData?: boolean | undefined
}

/**
 * Loads a bundle.
 *
 * @param location a folder, or an http, https or file URL of one
 * @throws RuntimeError (by rejection) where a file is missing, altered or of a newer format, or the
 * provider cannot start; before anything is read on an unknown option
 */
export async function loadVae(location: string | URL, options: LoadVaeOptions = {}): Promise<Vae> {
  check(options, ['precision', 'lazy'])
  return abortable(options.signal, (signal) =>
    openVae(bundleReader(location, { ...options, signal }), nodeBackend, options),
  )
}

/**
 * Loads a bare decoder.onnx, without its manifest: sizes come from the graph, nothing is verified.
 *
 * @param location a path, or an http, https or file URL
 * @throws RuntimeError (by rejection) where it cannot be read, is no decoder, or the provider cannot
 * start
 */
export async function loadDecoder(
  location: string | URL,
  options: LoadOptions = {},
): Promise<Decoder> {
  check(options, ['externalData'])
  return abortable(options.signal, async (signal) => {
    const { model, backend } = await readLocation(location, { ...options, signal })
    return openDecoder(model, backend, options)
  })
}

/**
 * Loads a bare encoder.onnx, without its manifest: sizes come from the graph, nothing is verified.
 *
 * @param location a path, or an http, https or file URL
 * @throws RuntimeError (by rejection) where it cannot be read, is no encoder, or the provider cannot
 * start
 */
export async function loadEncoder(
  location: string | URL,
  options: LoadOptions = {},
): Promise<Encoder> {
  check(options, ['externalData'])
  return abortable(options.signal, async (signal) => {
    const { model, backend } = await readLocation(location, { ...options, signal })
    return openEncoder(model, backend, options)
  })
}

/** Before anything is read or downloaded. */
function check(options: LoadOptions, further: readonly string[] = []): void {
  checkLoadOptions(options, further)
  const { provider, threads } = options
  checkSettings({ provider, threads })
}

/** A reader for a folder, or for an http, https or file URL of one. */
export function bundleReader(location: string | URL, options: DownloadOptions = {}): BundleReader {
  const text = String(location)
  return isWeb(text) ? urlReader(text, options) : diskReader(toPath(text), options)
}

/** A model's bytes, and what opens it: where its values may be in other files, a backend of its folder. */
interface Located {
  readonly model: Uint8Array
  readonly backend: SessionBackend
}

async function readLocation(location: string | URL, options: LoadOptions): Promise<Located> {
  const text = String(location)
  const { externalData = false } = options
  if (typeof externalData !== 'boolean') {
    refuse('externalData: not usable', typeof externalData, 'true or false')
  }
  if (isWeb(text)) {
    if (externalData) refuse('externalData: not usable', text, 'a file on this machine')
    return { model: await readUrl(text, options), backend: nodeBackend }
  }
  const path = toPath(text)
  const model = await readDisk(path, options)
  return { model, backend: externalData ? backendOf(dirname(resolve(path))) : nodeBackend }
}

/** Sessions of models that may have values in other files of a folder. */
function backendOf(folder: string): SessionBackend {
  return {
    ...nodeBackend,
    createSession: (model, options) =>
      nodeBackend.createSession(model, { ...options, externalData: folder }),
  }
}

function isWeb(location: string): boolean {
  return /^https?:\/\//i.test(location)
}

function toPath(location: string): string {
  return /^file:\/\//i.test(location) ? fileURLToPath(location) : location
}
