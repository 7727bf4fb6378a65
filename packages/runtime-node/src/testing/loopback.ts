// Web servers on this machine alone, for tests of what servers may do.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll } from 'vitest'

/** Answers a request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Starts a server that ends with the tests of the file, and gives its origin. */
export async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.add(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

const servers = new Set<() => void>()

// One for all, since a hook that a test adds is never called.
afterAll(() => {
  for (const stop of servers) stop()
})
