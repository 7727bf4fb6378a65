// Loading bundles and bare files from disk or URL.
import { fileURLToPath } from 'node:url'
import {
  checkLoadOptions,
  openDecoder,
  openEncoder,
  openVae,
  readUrl,
  urlReader,
  type BundleReader,
  type Decoder,
  type DownloadOptions,
  type Encoder,
  type OpenOptions,
  type OpenVaeOptions,
  type Vae,
} from '@anyvae/runtime'
import { checkSettings, nodeBackend } from './backend.js'
import { diskReader, readDisk } from './disk.js'

/** How to load a bundle: what to open it with, and how to download it where it is a URL. */
export interface LoadVaeOptions extends OpenVaeOptions, DownloadOptions {}

/** How to load a bare file: what to open it with, and how to download it where it is a URL. */
export interface LoadOptions extends OpenOptions, DownloadOptions {}

/**
 * Loads a bundle.
 *
 * @param location a folder, or an http, https or file URL of one
 * @throws RuntimeError (by rejection) where a file is missing, altered or of a newer format, or the
 * provider cannot start; before anything is read on an unknown option
 */
export async function loadVae(location: string | URL, options: LoadVaeOptions = {}): Promise<Vae> {
  check(options, ['precision', 'lazy'])
  return openVae(bundleReader(location, options), nodeBackend, options)
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
  check(options)
  return openDecoder(await readLocation(location, options), nodeBackend, options)
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
  check(options)
  return openEncoder(await readLocation(location, options), nodeBackend, options)
}

/** Before anything is read or downloaded. */
function check(options: LoadOptions, further: readonly string[] = []): void {
  checkLoadOptions(options, further)
  checkSettings(options)
}

/** A reader for a folder, or for an http, https or file URL of one. */
export function bundleReader(location: string | URL, options: DownloadOptions = {}): BundleReader {
  const text = String(location)
  return isWeb(text) ? urlReader(text, options) : diskReader(toPath(text))
}

function readLocation(location: string | URL, options: DownloadOptions): Promise<Uint8Array> {
  const text = String(location)
  return isWeb(text) ? readUrl(text, options) : readDisk(toPath(text))
}

function isWeb(location: string): boolean {
  return /^https?:\/\//i.test(location)
}

function toPath(location: string): string {
  return /^file:\/\//i.test(location) ? fileURLToPath(location) : location
}
