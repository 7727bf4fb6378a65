// Downloading one file from a list of mirrors: resumed, checked, and whole or not there at all.
import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ImagesError } from '../error.js'
import { isErrno, messageOf, readBytes } from './bytes.js'
import type { Fetch } from './options.js'

/** A file to download. */
export interface Download {
  /** Addresses of the same file, tried in turn. */
  readonly urls: readonly string[]
  /** Where it goes; while incomplete it is `<path>.part`, which a later call resumes. */
  readonly path: string
  readonly bytes: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
}

/** How to download one file, and whom to tell how many of its bytes are there. */
export interface DownloadFileOptions {
  readonly fetch?: Fetch | undefined
  readonly onProgress?: ((received: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a byte after which a mirror is given up; default 30,000. */
  readonly patience?: number | undefined
}

const ATTEMPTS = 5

/** How an attempt ended; `again`: the same mirror deserves another one. */
type Outcome = 'complete' | { readonly reason: string; readonly again: boolean }

/**
 * Downloads a file. What is there of an earlier attempt is kept and only the rest asked for (by
 * Range; the checksum of the whole decides whether the pieces belong together, so that mirrors may
 * take over from one another). What fails its checksum is thrown away.
 *
 * @throws ImagesError where no mirror delivers, with each one's reason, or where the disk refuses;
 * the signal's reason where it is aborted
 */
export async function downloadFile(
  file: Download,
  options: DownloadFileOptions = {},
): Promise<void> {
  const reasons: string[] = []
  for (const url of file.urls) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const outcome = await tryMirror(file, url, options)
      if (outcome === 'complete') return
      if (outcome.again && attempt + 1 < ATTEMPTS) continue
      reasons.push(`${url}: ${outcome.reason}`)
      break
    }
  }
  throw new ImagesError(
    `${file.path}: not downloaded, got ${reasons.join('; ')}, expected one mirror to deliver it (a later try goes on from what is there; or put the data set's files into a folder and pass that folder instead)`,
  )
}

async function tryMirror(
  file: Download,
  url: string,
  options: DownloadFileOptions,
): Promise<Outcome> {
  options.signal?.throwIfAborted()
  const part = `${file.path}.part`
  const before = await partSize(part, file.bytes)
  if (before < file.bytes) {
    const failure = await fetchRest({ url, part, file, before }, options)
    if (failure) return failure
  }
  const digest = createHash('sha256')
    .update(await readBytes(part))
    .digest('hex')
  if (digest === file.sha256) {
    await onDisk(file.path, () => rename(part, file.path))
    return 'complete'
  }
  await rm(part, { force: true })
  // A resumed file may have been put together from two different ones: the whole gets its chance.
  return { reason: `checksum ${digest} instead of ${file.sha256}`, again: before > 0 }
}

/** Bytes that an earlier attempt left; more than there should be are worth nothing. */
async function partSize(part: string, most: number): Promise<number> {
  try {
    const { size } = await stat(part)
    if (size <= most) return size
    await rm(part, { force: true })
    return 0
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 0
    throw diskError(part, error)
  }
}

interface Rest {
  readonly url: string
  readonly part: string
  readonly file: Download
  /** Bytes that are there already. */
  readonly before: number
}

/** Fetches what is missing into the part file; undefined where it is complete then. */
async function fetchRest(
  rest: Rest,
  options: DownloadFileOptions,
): Promise<Exclude<Outcome, 'complete'> | undefined> {
  const { signal, patience = 30_000 } = options
  const watch = watchdog(patience)
  let received = rest.before
  try {
    const signals = signal ? [signal, watch.signal] : [watch.signal]
    const response = await request(rest, options.fetch ?? fetch, AbortSignal.any(signals))
    const start = startOf(response, rest.before)
    if (typeof start !== 'number') {
      if (start.again) await rm(rest.part, { force: true })
      return start
    }
    received = start
    for await (const size of save(response, rest, start)) {
      watch.feed()
      received = size
      options.onProgress?.(received)
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof ImagesError) throw error
    const reason = watch.signal.aborted ? `silent for ${patience} ms` : networkReason(error)
    return { reason, again: received > rest.before }
  } finally {
    watch.stop()
  }
  if (received === rest.file.bytes) return undefined
  if (received > rest.file.bytes) await rm(rest.part, { force: true })
  const reason = `${received} bytes instead of ${rest.file.bytes}`
  return { reason, again: received > rest.before && received < rest.file.bytes }
}

function request({ url, before }: Rest, fetch: Fetch, signal: AbortSignal): Promise<Response> {
  const range: Record<string, string> = before > 0 ? { range: `bytes=${before}-` } : {}
  // Without identity a server may unpack or repack the file on the way, and the checksum would fail.
  return fetch(url, { headers: { 'accept-encoding': 'identity', ...range }, signal })
}

/** Where in the file the response's bytes begin, or why they are of no use. */
function startOf(response: Response, before: number): number | Exclude<Outcome, 'complete'> {
  if (response.status === 200) return 0
  const range = response.headers.get('content-range') ?? ''
  if (response.status === 206 && range.startsWith(`bytes ${before}-`)) return before
  void response.body?.cancel()
  // A range that it cannot serve: from the start, then.
  const again = before > 0 && (response.status === 206 || response.status === 416)
  return { reason: `HTTP ${response.status} ${response.statusText}`.trim(), again }
}

/** Appends the response's bytes to the part file (from the start: replaces it), and gives its size. */
async function* save(
  response: Response,
  { part, file }: Rest,
  start: number,
): AsyncGenerator<number> {
  const target = await onDisk(part, async () => {
    await mkdir(dirname(part), { recursive: true })
    return open(part, start > 0 ? 'a' : 'w')
  })
  const reader = response.body?.getReader()
  let size = start
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done || !value || size > file.bytes) break
      await append(target, part, value)
      size += value.length
      yield size
    }
  } finally {
    await target.close()
    await reader?.cancel().catch(() => undefined)
  }
}

async function append(target: FileHandle, part: string, bytes: Uint8Array): Promise<void> {
  try {
    await target.writeFile(bytes)
  } catch (cause) {
    await rm(part, { force: true })
    throw diskError(part, cause)
  }
}

async function onDisk<T>(path: string, effect: () => Promise<T>): Promise<T> {
  try {
    return await effect()
  } catch (cause) {
    throw diskError(path, cause)
  }
}

function diskError(path: string, cause: unknown): ImagesError {
  return new ImagesError(
    `${path}: cannot be written, got ${messageOf(cause)}, expected room and the right to write there`,
    { cause },
  )
}

/** fetch says only `fetch failed`; the cause says why. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined ? messageOf(error) : messageOf(cause)
}

/** A signal that aborts after so many milliseconds without food. */
function watchdog(patience: number): { signal: AbortSignal; feed(): void; stop(): void } {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), patience)
  return {
    signal: controller.signal,
    feed: () => void timer.refresh(),
    stop: () => clearTimeout(timer),
  }
}
