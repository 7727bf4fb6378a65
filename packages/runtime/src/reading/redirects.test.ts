// What a redirect may see: nothing of the caller's, once it leaves the origin that was asked.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RuntimeError, urlReader } from '../index.js'

interface Asked {
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

/** Where the first server redirects each of its files to. */
const redirects = new Map<string, string>()
const first: Asked[] = []
const second: Asked[] = []
const servers: Server[] = []
let here: string
let there: string

async function start(asked: Asked[]): Promise<string> {
  const server = createServer(({ url = '', headers }, response) => {
    asked.push({ url, headers })
    const location = redirects.get(new URL(url, 'http://x').pathname)
    if (location === undefined) response.end('the file')
    else response.writeHead(302, { location }).end('elsewhere')
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

beforeAll(async () => {
  here = await start(first)
  there = await start(second)
})

beforeEach(() => {
  redirects.clear()
  first.length = 0
  second.length = 0
})

afterAll(() => {
  for (const server of servers) server.close()
})

/** A fetch that sends what is the caller's alone. */
const fetch: typeof globalThis.fetch = (url, init) =>
  globalThis.fetch(url, {
    ...init,
    headers: { authorization: 'Bearer secret', cookie: 'a=secret', 'private-token': 'secret' },
  })

const read = async (url: string, own = fetch): Promise<string> =>
  new TextDecoder().decode(await urlReader(url, { fetch: own }).read('x.onnx'))

describe('a redirect', () => {
  it('to another origin loses the headers of the caller and the query', async () => {
    redirects.set('/b/x.onnx', `${there}/cdn?token=secret&signature=a%20b%2Fc`)
    expect(await read(`${here}/b?token=secret`)).toBe('the file')
    expect(first.map(({ url }) => url)).toEqual(['/b/x.onnx?token=secret'])
    expect(first[0]?.headers).toHaveProperty('private-token', 'secret')
    expect(second.map(({ url }) => url)).toEqual(['/cdn?signature=a+b%2Fc'])
    expect(JSON.stringify(second)).not.toContain('secret')
  })

  it('keeps a query of its own to the letter', async () => {
    redirects.set('/b/x.onnx', `${there}/cdn?signature=a%20b%2Fc&token=another`)
    expect(await read(`${here}/b?token=secret`)).toBe('the file')
    expect(second.map(({ url }) => url)).toEqual(['/cdn?signature=a%20b%2Fc&token=another'])
  })

  it('within the origin keeps the headers', async () => {
    redirects.set('/b/x.onnx', '../moved/x')
    expect(await read(`${here}/b`)).toBe('the file')
    expect(first.map(({ url }) => url)).toEqual(['/b/x.onnx', '/moved/x'])
    expect(first[1]?.headers).toHaveProperty('private-token', 'secret')
  })

  it('back to the origin does not get the headers again', async () => {
    redirects.set('/b/x.onnx', `${there}/away`).set('/away', `${here}/chosen`)
    expect(await read(`${here}/b`)).toBe('the file')
    expect(first.map(({ url }) => url)).toEqual(['/b/x.onnx', '/chosen'])
    expect(first[1]?.headers).not.toHaveProperty('private-token')
  })

  it('is followed ten times', async () => {
    for (let i = 0; i < 10; i++) redirects.set(i === 0 ? '/b/x.onnx' : `/${i}`, `/${i + 1}`)
    expect(await read(`${here}/b`)).toBe('the file')
    redirects.set('/10', '/b/x.onnx')
    first.length = 0
    await expect(read(`${here}/b`)).rejects.toThrow(
      new RuntimeError(
        `${here}/b/x.onnx: cannot be followed, got more than 10 redirects, expected the file`,
      ),
    )
    expect(first).toHaveLength(11)
  })

  it.each(['data:,x', 'file:///etc/passwd', 'blob:x'])('to %s is refused', async (location) => {
    redirects.set('/b/x.onnx', location)
    await expect(read(`${here}/b`)).rejects.toThrow(RuntimeError)
    await expect(read(`${here}/b`)).rejects.toThrow('expected http or https')
  })

  it('to no address is refused', async () => {
    redirects.set('/b/x.onnx', 'http://')
    await expect(read(`${here}/b`)).rejects.toThrow(/x.onnx: cannot be read, got '.*Invalid URL/)
  })

  it("is the own fetch's to follow where it does so by itself", async () => {
    redirects.set('/b/x.onnx', `${there}/cdn`)
    const following: typeof fetch = (url, init) =>
      globalThis.fetch(url, { ...init, redirect: 'follow' })
    expect(await read(`${here}/b`, following)).toBe('the file')
  })
})
