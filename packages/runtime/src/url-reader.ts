// Bundles and bare files by URL.
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
  readonly fetch?: typeof globalThis.fetch
  /** Called for every piece that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void
  /** Ends the download: the promise then rejects with a RuntimeError. */
  readonly signal?: AbortSignal
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
export function urlReader(folder: string, options: DownloadOptions = {}): UrlReader {
  const base = parseUrl(folder)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  const fileUrl = (file: string): URL => {
    const url = new URL(checkPath(file), base)
    url.search = base.search
    return url
  }
  return {
    location: folder,
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
export async function readUrl(url: string, options: DownloadOptions = {}): Promise<Uint8Array> {
  return download(parseUrl(url), { ...options, file: url })
}

interface Download extends DownloadOptions {
  readonly file: string
  /** The size that the file must have. */
  readonly bytes?: number
}

async function download(url: URL, options: Download): Promise<Uint8Array> {
  const { fetch = globalThis.fetch, signal } = options
  const fail: Fail = (got) => refuse(`${url.href}: cannot be read`, got, 'the file')
  try {
    const response = await fetch(url, signal ? { signal } : {})
    const problem = problemOf(response)
    if (problem === undefined) return await readBody(response, options, fail)
    // What is not read keeps its connection.
    void response.body?.cancel().catch(() => undefined)
    fail(problem)
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause
    fail(cause)
  }
}

function problemOf({ ok, status, statusText, headers }: Response): string | undefined {
  if (!ok) return `HTTP status ${status} ${statusText}`.trim()
  return /^text\/html\b/i.test(headers.get('content-type') ?? '') ? 'an HTML page' : undefined
}

type Fail = (got: unknown) => never

async function readBody(response: Response, options: Download, fail: Fail): Promise<Uint8Array> {
  const { file, onProgress, bytes } = options
  const total = bytes ?? contentLength(response)
  const reader = response.body?.getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let loaded = 0
  for (;;) {
    const piece = await reader?.read()
    if (piece?.value === undefined) break
    pieces.push(piece.value)
    loaded += piece.value.length
    onProgress?.({ file, loaded, ...(total !== undefined && { total }) })
    if (bytes !== undefined && loaded > bytes) {
      await reader?.cancel()
      fail(`more than ${bytes} bytes`)
    }
  }
  if (total !== undefined && loaded < total) fail(`only ${loaded} of ${total} bytes`)
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}

/** The size of the body, unless it is that of a compressed one. */
function contentLength({ headers }: Response): number | undefined {
  const length = headers.get('content-length')
  return length === null || headers.has('content-encoding') ? undefined : Number(length)
}

/** An address; in a page, relative to it. Throws RuntimeError where it cannot be parsed. */
export function parseUrl(url: string): URL {
  try {
    return new URL(url, typeof location === 'undefined' ? undefined : location.href)
  } catch (cause) {
    throw new RuntimeError(`address: not usable, got '${url}', expected a URL`, { cause })
  }
}
