// Copies of downloaded files in the page's Cache API, for later loads and for work offline.
import { MANIFEST_FILE, RuntimeError, parseUrl, readUrl, report, urlReader } from '@anyvae/runtime'
import type { BundleReader, DownloadOptions } from '@anyvae/runtime'

/** How to download, and what to keep. */
export interface CachedOptions extends DownloadOptions {
  /**
   * Keeps what was downloaded in the Cache API: under this name, or `anyvae` where true. Later loads
   * of a bundle take model files from there, checksums verified, and the manifest where nobody
   * answers, or a proxy or service worker alone (HTTP status 502 to 504). False where left out.
   */
  readonly cache?: boolean | string
}

/** A bundle's reader that keeps copies. Throws RuntimeError as `urlReader` does. */
export function cachedReader(folder: string | URL, options: CachedOptions): BundleReader {
  const reader = urlReader(folder, options)
  const copies = openCopies(options)
  const readFresh = async (file: string, bytes?: number): Promise<Uint8Array> =>
    copies.keep(reader.url(file), await reader.read(file, bytes))
  return {
    location: reader.location,
    readFresh,
    async read(file, bytes) {
      const url = reader.url(file)
      if (file === MANIFEST_FILE) return copies.orKept(url, file, () => readFresh(file, bytes))
      return (await copies.kept(url, file)) ?? readFresh(file, bytes)
    },
  }
}

/** Reads one file: a kept copy only where nobody answers, since nothing tells whether it is old. */
export async function readCached(url: string | URL, options: CachedOptions): Promise<Uint8Array> {
  const copies = openCopies(options)
  const key = parseUrl(url)
  const read = (): Promise<Uint8Array> => readUrl(url, options)
  return copies.orKept(key, String(url), async () => copies.keep(key, await read()))
}

interface Copies {
  /** The copy of a file, if there is one; `file` is what its progress is reported under. */
  kept(url: URL, file: string): Promise<Uint8Array | undefined>
  /** Keeps a copy, and returns the bytes. */
  keep(url: URL, bytes: Uint8Array): Promise<Uint8Array>
  /** What is read, or the copy where nobody answers. */
  orKept(url: URL, file: string, read: () => Promise<Uint8Array>): Promise<Uint8Array>
}

function openCopies({ cache, signal, ...options }: CachedOptions): Copies {
  const open = (): Promise<Cache> => caches.open(typeof cache === 'string' ? cache : 'anyvae')
  const copies: Copies = {
    async kept(url, file) {
      // A browser that keeps nothing, or refuses to, is no reason to fail.
      const kept = await attempt(async () => (await (await open()).match(url))?.arrayBuffer())
      if (!kept) return undefined
      const bytes = new Uint8Array(kept)
      report(options, { file, loaded: bytes.length, total: bytes.length })
      return bytes
    },
    async keep(url, bytes) {
      await attempt(async () => (await open()).put(url, new Response(new Uint8Array(bytes))))
      return bytes
    },
    async orKept(url, file, read) {
      try {
        return await read()
      } catch (error) {
        // An answer that is of no use has no cause beneath it.
        const unanswered = error instanceof RuntimeError && error.cause && !signal?.aborted
        const bytes = unanswered ? await copies.kept(url, file) : undefined
        if (bytes) return bytes
        throw error
      }
    },
  }
  return copies
}

async function attempt<T>(task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task()
  } catch {
    return undefined
  }
}
