// Downloads one file: within bounds of bytes and of waiting, and with what redirects may see.
import { abortError, checkSignal } from './abort.js'
import { checkWhole } from '../check.js'
import { RuntimeError, refuse } from '../error.js'

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
export interface DownloadOptions extends SizeOptions {
  /**
   * The `fetch` to use; the global one where left out. It is asked for files of the given origin alone:
   * what a redirect names elsewhere is fetched by the global one, so that a token that it adds stays.
   * In a page, which may not look into redirects, it has to follow them by itself: `redirect: 'follow'`.
   */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Called for every piece that arrives. What it throws ends the download. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  /** Ends the download: the promise then rejects with a RuntimeError. */
  readonly signal?: AbortSignal | undefined
  /**
   * Milliseconds in which a download has to bring 16 KiB, or its end; 30,000 where left out. What stalls
   * longer is given up.
   */
  readonly patience?: number | undefined
}

/** How large files may be. */
export interface SizeOptions {
  /** The most bytes of a file: where left out, 1 MiB of a manifest and 1 GiB of any other. */
  readonly maxBytes?: number | undefined
}

/** One file to download. */
export interface Download extends DownloadOptions {
  /** What progress calls it. */
  readonly file: string
  /** The size that the file must have. */
  readonly bytes?: number | undefined
  /** The most bytes that are read. */
  readonly maxBytes: number
}

/** Bytes that a download must bring in the time that `patience` gives it. */
const LEAST_BYTES = 16 * 1024

/** A timer counts no further. */
const LONGEST = 2 ** 31 - 1

/** Downloads one file. Throws RuntimeError (by rejection) as `readUrl` does. */
export async function download(url: URL, options: Download): Promise<Uint8Array> {
  const { signal, patience = 30_000, bytes = 0, maxBytes } = options
  checkSignal(signal)
  checkWhole('patience', patience, 1, LONGEST)
  const transfer = { url, options, loaded: 0, ending: new AbortController() }
  if (bytes > maxBytes) tooLarge(transfer, bytes)
  const { ending } = transfer
  const abort = (): void => signal && ending.abort(abortError(signal))
  signal?.addEventListener('abort', abort)
  const timer = watch(transfer, patience)
  const ended = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason as Error))
  })
  try {
    // A fetch of the caller's may know nothing of signals.
    return await Promise.race([receive(transfer), ended])
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause
    return fail(transfer, cause)
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', abort)
    // What is not read to its end keeps its connection.
    ending.abort()
  }
}

/** A download under way. */
interface Transfer {
  readonly url: URL
  readonly options: Download
  /** Bytes so far. */
  loaded: number
  /** Ends it. */
  readonly ending: AbortController
}

/** Ends a transfer that stalls. Two looks in a row: the first may come late, after a long computation. */
function watch(transfer: Transfer, patience: number): ReturnType<typeof setInterval> {
  let before = 0
  let stalls = 0
  return setInterval(() => {
    stalls = transfer.loaded - before < LEAST_BYTES / 2 ? stalls + 1 : 0
    before = transfer.loaded
    if (stalls < 2) return
    const got = `less than ${LEAST_BYTES} bytes in ${patience} ms`
    const text = `${brief(transfer.url)}: stalled, got ${got}, expected more (see patience)`
    // With a cause, as where nobody answers: a kept copy may serve.
    transfer.ending.abort(new RuntimeError(text, { cause: new Error(got) }))
  }, patience / 2)
}

/** The answer of the server, after redirects. A page sees nothing of these: its browser follows them. */
async function answerOf({ url, options, ending: { signal } }: Transfer): Promise<Response> {
  const { fetch = globalThis.fetch } = options
  const response = await fetch(url, { redirect: 'manual', signal })
  if (response.type === 'opaqueredirect') {
    if (!options.fetch) return fetch(url, { signal })
    refuse(`${url.href}: cannot be followed`, 'a redirect', "a fetch with redirect: 'follow'")
  }
  if (response.status < 300 || response.status > 399) return response
  return (await import('./redirects.js')).follow({ url, response, fetch, signal })
}

async function receive(transfer: Transfer): Promise<Uint8Array> {
  const { options, ending } = transfer
  const response = await answerOf(transfer)
  const reader = response.body?.getReader()
  const cancel = (): void => void reader?.cancel().catch(() => undefined)
  ending.signal.addEventListener('abort', cancel)
  checkAnswer(transfer, response)
  const { file, bytes, maxBytes } = options
  const told = contentLength(response)
  if (told !== undefined && told > maxBytes) tooLarge(transfer, told)
  const total = bytes ?? told
  let data = new Uint8Array(0)
  for (;;) {
    const piece = (await reader?.read())?.value
    if (piece === undefined || ending.signal.aborted) break
    const loaded = transfer.loaded + piece.length
    if (bytes !== undefined && loaded > bytes) fail(transfer, `more than ${bytes} bytes`)
    if (loaded > maxBytes) tooLarge(transfer, `more than ${maxBytes}`)
    // By what has arrived, not by what was announced.
    if (loaded > data.length)
      data = grown(data, Math.max(loaded, Math.min(2 * loaded, total ?? Infinity)))
    data.set(piece, transfer.loaded)
    transfer.loaded = loaded
    report(options, { file, loaded, ...(total !== undefined && { total }) })
  }
  const { loaded } = transfer
  if (total !== undefined && loaded < total) fail(transfer, `only ${loaded} of ${total} bytes`)
  return loaded === data.length ? data : data.slice(0, loaded)
}

function grown(data: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  try {
    const larger = new Uint8Array(length)
    larger.set(data)
    return larger
  } catch (cause) {
    refuse(`memory: none for ${length} bytes`, cause, 'a smaller file')
  }
}

function checkAnswer(transfer: Transfer, { ok, status, statusText, headers }: Response): void {
  const word = `HTTP status ${status} ${statusText}`.trim()
  // Of a proxy or a service worker that reaches nobody: as if nobody had answered.
  if (status >= 502 && status <= 504) fail(transfer, new Error(word))
  if (!ok) fail(transfer, word)
  if (/^text\/html\b/i.test(headers.get('content-type') ?? '')) fail(transfer, 'an HTML page')
}

/** The size of the body, unless it is that of a compressed one. */
function contentLength({ headers }: Response): number | undefined {
  const length = Number(headers.get('content-length') ?? NaN)
  return headers.has('content-encoding') || !(length >= 0) ? undefined : length
}

/** Tells of progress. Throws RuntimeError where the caller's function does throw. */
export function report({ onProgress }: DownloadOptions, progress: DownloadProgress): void {
  try {
    onProgress?.(progress)
  } catch (cause) {
    refuse('onProgress: failed', cause, 'no error')
  }
}

function fail({ url }: Transfer, got: unknown): never {
  refuse(`${brief(url)}: cannot be read`, got, 'the file')
}

function tooLarge({ url, options }: Transfer, bytes: number | string): never {
  refuse(`${brief(url)}: too large`, `${bytes} bytes`, `at most ${options.maxBytes} (see maxBytes)`)
}

/** An address for people: a data: URL holds megabytes. */
export function brief(url: string | URL): string {
  return String(url).replace(/^(data:.{40}).+/s, '$1…')
}
