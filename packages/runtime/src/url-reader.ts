// Bundles and bare files by URL.
import { kindOf } from './check.js'
import { RuntimeError, refuse } from './error.js'
import { checkPath } from './parse-manifest.js'
import type { BundleReader } from './reader.js'

/** How far a download has come. */
export interface DownloadProgress {
  /** The address, or the path within a bundle. */
  readonly file: string
  /** Bytes so far. */
  readonly loaded: number
  /** Bytes in all, where that is known. */
  readonly total?: number
}

/** How to download. */
export interface DownloadOptions {
  /** The `fetch` to use; the global one where left out. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Called for every piece that arrives. What it throws ends the download. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  /** Ends the download: the promise then rejects with a RuntimeError. */
  readonly signal?: AbortSignal | undefined
}

/** A reader that tells where its files are. */
export interface UrlReader extends BundleReader {
  /** The address of a file. Throws RuntimeError where its path leaves the bundle. */
  url(file: string): URL
}

/**
 * Reads a bundle from the URL of its folder; a query (`?token=…`) goes with every file.
 *
 * @throws RuntimeError where the URL cannot be parsed
 */
export function urlReader(folder: string | URL, options: DownloadOptions = {}): UrlReader {
  const base = parseUrl(folder)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  const fileUrl = (file: string): URL => {
    const url = parseUrl(checkPath(file), base)
    url.search = base.search
    return url
  }
  return {
    location: String(folder),
    url: fileUrl,
    read: async (file, bytes) =>
      download(fileUrl(file), { ...options, file, ...(bytes !== undefined && { bytes }) }),
  }
}

/**
 * Downloads one file.
 *
 * @throws RuntimeError (by rejection) on a status other than success, an HTML page, a connection
 * that fails or ends early
 */
export async function readUrl(
  url: string | URL,
  options: DownloadOptions = {},
): Promise<Uint8Array> {
  return download(parseUrl(url), { ...options, file: brief(url) })
}

interface Download extends DownloadOptions {
  readonly file: string
  /** The size that the file must have. */
  readonly bytes?: number
}

async function download(url: URL, options: Download): Promise<Uint8Array> {
  const { fetch = globalThis.fetch, signal } = options
  const fail: Fail = (got) => refuse(`${brief(url)}: cannot be read`, got, 'the file')
  try {
    return await readBody(await fetch(url, signal ? { signal } : {}), options, fail)
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause
    if (signal?.aborted) throw abortError(signal)
    fail(cause)
  }
}

/** The error of a load that was aborted: the signal's reason is its cause. */
export function abortError({ reason }: AbortSignal): RuntimeError {
  return new RuntimeError(`load: aborted, got '${String(reason)}', expected no abort`, {
    cause: reason,
  })
}

/** Tells of progress. Throws RuntimeError where the caller's function does throw. */
export function report({ onProgress }: DownloadOptions, progress: DownloadProgress): void {
  try {
    onProgress?.(progress)
  } catch (cause) {
    refuse('onProgress: failed', cause, 'no error')
  }
}

function checkAnswer({ ok, status, statusText, headers }: Response, fail: Fail): void {
  if (!ok) fail(`HTTP status ${status} ${statusText}`.trim())
  if (/^text\/html\b/i.test(headers.get('content-type') ?? '')) fail('an HTML page')
}

type Fail = (got: unknown) => never

async function readBody(response: Response, options: Download, fail: Fail): Promise<Uint8Array> {
  const { file, bytes } = options
  const total = bytes ?? contentLength(response)
  const reader = response.body?.getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let loaded = 0
  try {
    checkAnswer(response, fail)
    for (;;) {
      const piece = await reader?.read()
      if (piece?.value === undefined) break
      pieces.push(piece.value)
      loaded += piece.value.length
      report(options, { file, loaded, ...(total !== undefined && { total }) })
      if (bytes !== undefined && loaded > bytes) fail(`more than ${bytes} bytes`)
    }
  } finally {
    // What is not read to its end keeps its connection.
    void reader?.cancel().catch(() => undefined)
  }
  if (total !== undefined && loaded < total) fail(`only ${loaded} of ${total} bytes`)
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}

/** The size of the body, unless it is that of a compressed one. */
function contentLength({ headers }: Response): number | undefined {
  const length = headers.get('content-length')
  return length === null || headers.has('content-encoding') ? undefined : Number(length)
}

/** An address; in a page, relative to it, or to `base`. Throws RuntimeError where it is none. */
export function parseUrl(url: string | URL, base?: URL): URL {
  if (typeof url !== 'string' && !(url instanceof URL))
    refuse('address: not usable', kindOf(url), 'a URL')
  try {
    return new URL(url, base ?? globalThis.location?.href)
  } catch (cause) {
    const got = brief(base ?? url)
    throw new RuntimeError(`address: not usable, got '${got}', expected a URL`, { cause })
  }
}

/** An address for people: a data: URL holds megabytes. */
function brief(url: string | URL): string {
  return String(url).replace(/^(data:.{40}).+/s, '$1…')
}
