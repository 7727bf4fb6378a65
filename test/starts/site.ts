// A plain web server for one folder, with the headers that a test asks for.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { onTestFinished } from 'vitest'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** What lets pages have threads. */
export const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/** Serves a folder until the end of the test that asks for it; its URL ends with a slash. */
export async function serveFolder(
  folder: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
    const type = TYPES[extname(path)] ?? 'application/octet-stream'
    readFile(join(folder, path)).then(
      (bytes) => response.writeHead(200, { ...headers, 'content-type': type }).end(bytes),
      // Browsers ask for an icon by themselves: a page without one has done nothing wrong.
      () => response.writeHead(pathname === '/favicon.ico' ? 204 : 404, headers).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('server: no port')
  return `http://127.0.0.1:${address.port}/`
}
