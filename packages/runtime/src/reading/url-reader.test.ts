import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RuntimeError, readUrl, urlReader, type DownloadProgress } from '../index.js'

const BODY = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251)

const routes: Record<string, (response: ServerResponse, request: IncomingMessage) => void> = {
  '/bundle/whole': (response) =>
    response.writeHead(200, { 'content-length': BODY.length }).end(BODY),
  '/bundle/chunked': (response) => response.writeHead(200).end(BODY),
  '/bundle/sub/file': (response) => response.writeHead(200).end('sub'),
  '/bundle/moved': (response) => response.writeHead(302, { location: '/bundle/sub/file' }).end(),
  '/bundle/page': (response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'),
  '/bundle/broken': (response) => {
    response.writeHead(200, { 'content-length': BODY.length })
    response.write(BODY.subarray(0, 1000), () => response.destroy())
  },
  '/bundle/slow': (response) => {
    response.writeHead(200, { 'content-length': BODY.length }).write('x')
  },
  '/bundle/token?key=1': (response) => response.writeHead(200).end('secret'),
}

let server: Server
let folder: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const route = routes[request.url ?? '']
    if (route) route(response, request)
    else response.writeHead(404).end('nothing here')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  folder = `http://127.0.0.1:${address.port}/bundle`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('urlReader', () => {
  it.each(['', '/'])('reads files of a folder written with %j at its end', async (end) => {
    const reader = urlReader(folder + end)
    expect(await reader.read('whole')).toEqual(BODY)
    expect(new TextDecoder().decode(await reader.read('sub/file'))).toBe('sub')
    expect(new TextDecoder().decode(await reader.read('moved'))).toBe('sub')
  })

  it('reports progress up to the known total', async () => {
    const seen: DownloadProgress[] = []
    const reader = urlReader(folder, { onProgress: (progress) => seen.push(progress) })
    await reader.read('whole')
    expect(seen.at(-1)).toEqual({ file: 'whole', loaded: BODY.length, total: BODY.length })
    seen.length = 0
    await reader.read('chunked', BODY.length)
    expect(seen.at(-1)).toEqual({ file: 'chunked', loaded: BODY.length, total: BODY.length })
    seen.length = 0
    await reader.read('chunked')
    expect(seen.at(-1)).toEqual({ file: 'chunked', loaded: BODY.length })
    const loaded = seen.map((progress) => progress.loaded)
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b))
  })

  it('sends the query of the folder with every file', async () => {
    const bytes = await urlReader(`${folder}?key=1`).read('token')
    expect(new TextDecoder().decode(bytes)).toBe('secret')
  })

  it('uses the fetch that it is handed', async () => {
    const asked: string[] = []
    const fetch: typeof globalThis.fetch = (input, init) => {
      asked.push(input instanceof Request ? input.url : String(input))
      return globalThis.fetch(input, init)
    }
    await urlReader(folder, { fetch }).read('whole')
    expect(asked).toEqual([`${folder}/whole`])
  })

  it.each([
    ['missing', undefined, /missing: cannot be read, got HTTP status 404 Not Found/],
    ['page', undefined, /got an HTML page/],
    ['broken', undefined, /broken: cannot be read, got /],
    ['chunked', BODY.length - 1, /got more than 99999 bytes/],
    ['chunked', BODY.length + 1, /got only 100000 of 100001 bytes/],
    ['../whole', undefined, /leaves the folder/],
    ['//127.0.0.1/x', undefined, /leaves the folder/],
  ])('says what is wrong with %s', async (file, bytes, message) => {
    const reading = urlReader(folder).read(file, bytes)
    await expect(reading).rejects.toThrow(RuntimeError)
    await expect(reading).rejects.toThrow(message)
  })

  it('ends when it is told to, and passes the reason on', async () => {
    const controller = new AbortController()
    const reason = new Error('the page is left')
    const options = { signal: controller.signal, onProgress: () => controller.abort(reason) }
    const reading = urlReader(folder, options).read('slow')
    await expect(reading).rejects.toThrow(
      new RuntimeError("load: aborted, got 'Error: the page is left', expected no abort"),
    )
    await expect(reading).rejects.toHaveProperty('cause', reason)
  })

  it('passes on what onProgress throws, and downloads no further', async () => {
    const mine = new Error('mine')
    const onProgress = (): never => {
      throw mine
    }
    const reading = urlReader(folder, { onProgress }).read('slow')
    await expect(reading).rejects.toThrow(
      new RuntimeError("onProgress: failed, got 'mine', expected no error"),
    )
    await expect(reading).rejects.toHaveProperty('cause', mine)
  })

  it('refuses what is no URL', () => {
    expect(() => urlReader('models/digits')).toThrow(/address: not usable, got 'models\/digits'/)
    const none: unknown = undefined
    expect(() => urlReader(none as string)).toThrow(
      new RuntimeError('address: not usable, got undefined, expected a URL'),
    )
  })

  it.each(['data:application/json,{}', 'blob:null/1', 'mailto:someone'])(
    'refuses %s, which has no files beneath it',
    async (url) => {
      await expect(urlReader(url).read('whole')).rejects.toThrow(
        new RuntimeError(`address: not usable, got '${url}', expected a URL`),
      )
    },
  )
})

describe('readUrl', () => {
  it('reads one file', async () => {
    expect(await readUrl(`${folder}/whole`)).toEqual(BODY)
  })

  it('names no more than the beginning of a data: URL', async () => {
    const files: string[] = []
    const onProgress = ({ file }: DownloadProgress): void => void files.push(file)
    const bytes = await readUrl(`data:text/plain,${'x'.repeat(10_000)}`, { onProgress })
    expect(bytes).toHaveLength(10_000)
    expect([...new Set(files)]).toEqual([`data:text/plain,${'x'.repeat(29)}…`])
  })

  it('says where nobody answers', async () => {
    const reading = readUrl('http://127.0.0.1:1/decoder.onnx')
    await expect(reading).rejects.toThrow(/^http:\/\/127.0.0.1:1\/decoder.onnx: cannot be read/)
    await expect(reading).rejects.toHaveProperty('cause')
  })

  it('says why a connection fails', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const address = closed.address()
    if (typeof address !== 'object' || address === null) throw new Error('no port')
    await new Promise((resolve) => closed.close(resolve))
    await expect(readUrl(`http://127.0.0.1:${address.port}/decoder.onnx`)).rejects.toThrow(
      /decoder.onnx: cannot be read, got 'fetch failed' \(ECONNREFUSED\), expected the file/,
    )
  })
})
