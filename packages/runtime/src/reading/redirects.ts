// Follows redirects by hand, so that what is the caller's stays with the origin that it is for.
import { refuse } from '../error.js'

/** Browsers follow twice as many. */
const MOST = 10

/** A redirect to follow, and how. */
export interface Redirect {
  /** The address that was asked for first. */
  readonly url: URL
  /** Its answer, a redirect. */
  readonly response: Response
  /** The caller's own, which may add credentials. */
  readonly fetch: typeof globalThis.fetch
  readonly signal: AbortSignal
}

/**
 * The answer at the end of all redirects. Beyond the first address's origin neither the caller's `fetch`
 * is used nor what stands in that address's query sent on; a query that the redirect adds is.
 *
 * @throws RuntimeError (by rejection) after ten, or on one that leads to what is not http or https
 */
export async function follow({ url, response, fetch, signal }: Redirect): Promise<Response> {
  let [at, answer, ask] = [url, response, fetch]
  for (let i = 0; i < MOST; i++) {
    const location = answer.headers.get('location')
    if (location === null || !isRedirect(answer)) return answer
    void answer.body?.cancel().catch(() => undefined)
    at = nextOf(location, at)
    if (at.origin !== url.origin) {
      ask = globalThis.fetch
      dropQuery(at, url.searchParams)
    }
    answer = await ask(at, { redirect: 'manual', signal })
  }
  if (!isRedirect(answer)) return answer
  refuse(`${url.href}: cannot be followed`, `more than ${MOST} redirects`, 'the file')
}

function isRedirect({ status }: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

function nextOf(location: string, from: URL): URL {
  const next = new URL(location, from)
  if (/^https?:$/.test(next.protocol)) return next
  refuse(`${from.href}: cannot be followed`, `a redirect to ${next.protocol}`, 'http or https')
}

function dropQuery({ searchParams }: URL, own: URLSearchParams): void {
  // Only where it is there, since a query that is written anew may look another.
  for (const [name, value] of own)
    if (searchParams.has(name, value)) searchParams.delete(name, value)
}
