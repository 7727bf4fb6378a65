// Addresses that bundles are loaded from: what is asked for stays below the address.
import { parseUrl, readManifest, RuntimeError, urlReader } from '@anyvae/runtime'
import { mutatePath } from '../mutators/paths.js'
import { oneOf } from '../mutators/bytes.js'
import { mutateText } from '../mutators/text.js'
import { bytesOf, ensure, textOf, type Target } from '../target.js'
import { manifestSeed } from './manifest.js'

/** Answers every request with the same manifest, and keeps its address. */
function recordingFetch(asked: URL[]): typeof fetch {
  return (input) => {
    asked.push(new URL(input instanceof Request ? input.url : input))
    return Promise.resolve(Response.json(manifestSeed))
  }
}

/** A bundle at an address. */
export const url: Target = {
  seeds: () =>
    [
      'https://bundles.example/models/first',
      'http://127.0.0.1:8080/a/b/?token=1',
      'https://user.example/x#y',
    ].map(bytesOf),
  mutate: oneOf(mutatePath, mutateText),
  errors: [RuntimeError],
  async parse(input) {
    const text = textOf(input)
    const base = parseUrl(text)
    const asked: URL[] = []
    await readManifest(urlReader(text, { fetch: recordingFetch(asked) }))
    ensure(asked.length > 0, 'accepted without a question')
    for (const { origin, pathname } of asked) {
      const folder = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`
      ensure(origin === base.origin, `asks ${origin} instead of ${base.origin}`)
      ensure(pathname === `${folder}anyvae.json`, `asks for ${pathname} below ${folder}`)
    }
  },
}
