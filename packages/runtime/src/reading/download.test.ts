// What servers do that do not mean well, or are broken: each download ends with a clear error.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { constants, createBrotliCompress, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RuntimeError, readUrl, urlReader } from '../index.js'

const MIB = 2 ** 20

/** Sends pieces without end, as fast as they are taken. */
function endless(response: ServerResponse, piece = Buffer.alloc(65_536, 'x')): void {
  const push = (): void => {
    while (!response.destroyed && response.write(piece));
    response.once('drain', push)
  }
  push()
}

type Route = (response: ServerResponse, request: IncomingMessage) => void

const routes: Readonly<Record<string, Route>> = {
  'anyvae.json': (response) => endless(response.writeHead(200)),
  'endless.onnx': (response) => endless(response.writeHead(200)),
  'announced.onnx': (response) =>
    response.writeHead(200, { 'content-length': 5 * 2 ** 30 }).write('x'),
  'trickle.onnx': (response) => {
    const timer = setInterval(() => response.write('x'), 5)
    response.once('close', () => clearInterval(timer))
  },
  'silent.onnx': () => undefined,
  'headers.onnx': (response) => response.writeHead(200).write('x'),
  'short.onnx': (response) => response.writeHead(200, { 'content-length': 10 }).end('x'.repeat(10)),
  'bomb.onnx': (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * MIB)))
  },
  'brotli.onnx': (response) => {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 1 }
    const bomb = createBrotliCompress({ params })
    bomb.pipe(response.writeHead(200, { 'content-encoding': 'br' }))
    endlessInto(bomb)
  },
}

function endlessInto(stream: ReturnType<typeof createBrotliCompress>): void {
  const zeros = Buffer.alloc(MIB)
  const push = (): void => {
    while (!stream.destroyed && stream.write(zeros));
    stream.once('drain', push)
  }
  stream.once('unpipe', () => stream.destroy())
  push()
}

/** Connections that were closed from here, by file. */
const closed: string[] = []
let folder: string
const server = createServer((request, response) => {
  const file = request.url?.split('/').at(-1) ?? ''
  response.once('close', () => closed.push(file))
  routes[file]?.(response, request)
})

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  folder = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/bundle`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function failure(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(RuntimeError)
  return (error as RuntimeError).message.replace(`${folder}/`, '')
}

describe('a download', () => {
  it('of a manifest ends at 1 MiB, and says how to permit more', async () => {
    expect(await failure(urlReader(folder).read('anyvae.json'))).toBe(
      'anyvae.json: too large, got more than 1048576 bytes, expected at most 1048576 (see maxBytes)',
    )
    expect(await failure(urlReader(folder, { maxBytes: 2 * MIB }).read('anyvae.json'))).toContain(
      'got more than 2097152 bytes',
    )
  })

  it.each(['endless', 'bomb', 'brotli'])('that is %s ends at its limit', async (name) => {
    const message =
      'too large, got more than 1048576 bytes, expected at most 1048576 (see maxBytes)'
    const options = { maxBytes: MIB }
    expect(await failure(readUrl(`${folder}/${name}.onnx`, options))).toBe(
      `${name}.onnx: ${message}`,
    )
    expect(await failure(urlReader(folder, options).read(`${name}.onnx`))).toContain(message)
  })

  it.each(['endless', 'bomb', 'brotli'])(
    'that is %s ends where its manifest says',
    async (name) => {
      expect(await failure(urlReader(folder).read(`${name}.onnx`, 1000))).toBe(
        `${name}.onnx: cannot be read, got more than 1000 bytes, expected the file`,
      )
    },
  )

  it('that is announced to be too large does not begin', async () => {
    expect(await failure(readUrl(`${folder}/announced.onnx`))).toBe(
      'announced.onnx: too large, got 5368709120 bytes, expected at most 1073741824 (see maxBytes)',
    )
  })

  it('that its manifest says is too large is not asked for', async () => {
    const fetch = (): never => {
      throw new Error('asked')
    }
    expect(await failure(urlReader(folder, { fetch }).read('x.onnx', 2 ** 40))).toBe(
      'x.onnx: too large, got 1099511627776 bytes, expected at most 1073741824 (see maxBytes)',
    )
  })

  it.each(['trickle', 'silent', 'headers'])(
    'from a server that is %s is given up',
    async (name) => {
      expect(await failure(readUrl(`${folder}/${name}.onnx`, { patience: 100 }))).toBe(
        `${name}.onnx: stalled, got less than 16384 bytes in 100 ms, expected more (see patience)`,
      )
    },
  )

  it('is given up also where the fetch hears no signal', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) })
    const fetch = (): Promise<Response> => Promise.resolve(new Response(body))
    expect(await failure(readUrl(`${folder}/x`, { fetch, patience: 100 }))).toContain('x: stalled')
    const never = (): Promise<Response> => new Promise(() => undefined)
    expect(await failure(readUrl(`${folder}/x`, { fetch: never, patience: 100 }))).toContain(
      'stalled',
    )
  })

  it('closes the connection of what it gives up', async () => {
    closed.length = 0
    await failure(readUrl(`${folder}/endless.onnx`, { maxBytes: 10 }))
    await failure(readUrl(`${folder}/announced.onnx`))
    await failure(readUrl(`${folder}/trickle.onnx`, { patience: 50 }))
    await expect.poll(() => closed).toEqual(['endless.onnx', 'announced.onnx', 'trickle.onnx'])
  })

  it('may be exactly as large as is permitted', async () => {
    const url = `${folder}/short.onnx`
    expect(await readUrl(url, { maxBytes: 10 })).toHaveLength(10)
    expect(await failure(readUrl(url, { maxBytes: 9 }))).toContain('too large, got 10 bytes')
  })

  it.each([{ maxBytes: 0 }, { maxBytes: 1.5 }, { patience: 0 }, { patience: 2 ** 31 }])(
    'refuses %o',
    async (options) => {
      expect(await failure(readUrl(`${folder}/short.onnx`, options))).toMatch(
        /^(maxBytes|patience): not usable, got /,
      )
    },
  )

  it('does not begin where its signal is aborted, or is none', async () => {
    const fetch = (): never => {
      throw new Error('asked')
    }
    const reason = new Error('no more')
    const aborted = readUrl(folder, { fetch, signal: AbortSignal.abort(reason) })
    await expect(aborted).rejects.toHaveProperty('cause', reason)
    for (const signal of [new AbortController(), {}, 'signal', null]) {
      const none: unknown = signal
      expect(await failure(readUrl(folder, { fetch, signal: none as AbortSignal }))).toMatch(
        /^signal: not usable, got (AbortController|Object|string|null), expected an AbortSignal$/,
      )
    }
  })
})
