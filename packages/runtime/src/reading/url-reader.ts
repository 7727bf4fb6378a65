// Bundles and bare files by URL.
import { checkPath } from './bundle-path.js'
import { checkWhole, kindOf } from '../check.js'
import { brief, download, type DownloadOptions, type SizeOptions } from './download.js'
import { RuntimeError, refuse } from '../error.js'
import { MANIFEST_FILE, type BundleReader } from '../reader.js'

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
    // Whatever the check may have missed: an address is read in surprising ways.
    if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
      refuse('bundle: a file lies elsewhere', brief(url), `a file in ${brief(base)}`)
    }
    url.search = base.search
    return url
  }
  return {
    location: String(folder),
    url: fileUrl,
    read: async (file, bytes) =>
      download(fileUrl(file), { ...options, file, bytes, maxBytes: mostBytes(file, options) }),
  }
}

/**
 * Downloads one file.
 *
 * @throws RuntimeError (by rejection) on a status other than success, an HTML page, a connection
 * that fails, stalls or ends early, more bytes than `maxBytes`, or an aborted signal
 */
export async function readUrl(
  url: string | URL,
  options: DownloadOptions = {},
): Promise<Uint8Array> {
  const file = brief(url)
  return download(parseUrl(url), { ...options, file, maxBytes: mostBytes(file, options) })
}

/** The most bytes of a file. Throws RuntimeError where the option is unusable. */
export function mostBytes(file: string, { maxBytes }: SizeOptions): number {
  const most = maxBytes ?? (file === MANIFEST_FILE ? 2 ** 20 : 2 ** 30)
  checkWhole('maxBytes', most, 1)
  return most
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
