// A real web server on this machine alone, for bundles that are loaded by URL.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export interface Served {
  /** Where the folder's files are, without a slash at the end. */
  readonly url: string
  /** Every path that was asked for. */
  readonly asked: readonly string[]
}

/** Serves the files of a folder until the tests of the file that asks for it are over. */
export async function serve(folder: string): Promise<Served> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    readFile(join(folder, path)).then(
      (bytes) => {
        response.writeHead(200, { 'content-length': bytes.length })
        // What is named so breaks off midway, as a lost connection would.
        if (path.startsWith('/broken/') && path.endsWith('.onnx')) {
          response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
        } else {
          response.end(bytes)
        }
      },
      () => response.writeHead(404).end('<!doctype html>'),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('server: no port')
  return { url: `http://127.0.0.1:${address.port}`, asked }
}
