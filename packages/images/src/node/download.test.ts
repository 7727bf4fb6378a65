import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { datasets, defaultCacheDir, downloadDataset, downloadFiles } from './datasets.js'
import { downloadFile } from './download.js'
import type { LoadProgress } from './options.js'

const content = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 253))
const sha256 = createHash('sha256').update(content).digest('hex')

/** How a mirror answers a request, by the first part of its path. */
const mirrors: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  good: (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const range = `bytes ${start}-${content.length - 1}/${content.length}`
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': content.length - start,
      ...(start > 0 && { 'content-range': range }),
    })
    response.end(content.subarray(start))
  },
  whole: (_, response) => response.end(content),
  gone: (_, response) => response.writeHead(404).end('not here'),
  altered: (_, response) => response.end(content.map((byte, i) => (i === 77 ? byte ^ 1 : byte))),
  short: (_, response) => response.end(content.subarray(0, 50_000)),
  long: (_, response) => response.end(Buffer.concat([content, content])),
  refusing: (request, response) => {
    if (request.headers.range) response.writeHead(416).end()
    else response.end(content)
  },
  muddled: (request, response) => {
    if (request.headers.range)
      response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('xxxxx')
    else response.end(content)
  },
  // Delivers 60,000 bytes a time and then breaks off.
  flaky: (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const range = `bytes ${start}-${content.length - 1}/${content.length}`
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': content.length - start,
      ...(start > 0 && { 'content-range': range }),
    })
    const piece = content.subarray(start, start + 60_000)
    response.write(piece, () => {
      if (start + piece.length === content.length) response.end()
      else setTimeout(() => response.destroy(), 50)
    })
  },
  silent: (_, response) => {
    response.writeHead(200, { 'content-length': content.length })
    response.write(content.subarray(0, 1000))
  },
}

let server: Server
let base: string
let folder: string
let requests: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-download-'))
  requests = []
  server = createServer((request, response) => {
    const [, mirror = ''] = (request.url ?? '').split('/')
    requests.push(`${mirror} ${request.headers.range ?? 'whole'}`)
    mirrors[mirror]?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

const path = () => join(folder, 'set', 'file')

function download(names: readonly string[], options: Parameters<typeof downloadFile>[1] = {}) {
  const urls = names.map((name) => `${base}/${name}/file`)
  return downloadFile({ urls, path: path(), bytes: content.length, sha256 }, options)
}

async function expectComplete(): Promise<void> {
  expect(Buffer.compare(await readFile(path()), content)).toBe(0)
  expect(await readdir(join(folder, 'set'))).toEqual(['file'])
}

async function leave(part: Uint8Array): Promise<void> {
  await mkdir(join(folder, 'set'))
  await writeFile(`${path()}.part`, part)
}

describe('downloadFile', () => {
  it('downloads, with progress', async () => {
    const seen: number[] = []
    await download(['good'], { onProgress: (received) => seen.push(received) })
    await expectComplete()
    expect(seen.at(-1)).toBe(content.length)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  it.each(['gone', 'altered', 'short', 'long'])(
    'goes on to the next mirror where one is %s',
    async (bad) => {
      await download([bad, 'good'])
      await expectComplete()
    },
  )

  it('resumes what is there by Range', async () => {
    await leave(content.subarray(0, 123_456))
    await download(['good'])
    await expectComplete()
    expect(requests).toEqual(['good bytes=123456-'])
  })

  it('asks for nothing where all is there already', async () => {
    await leave(content)
    await download(['good'])
    await expectComplete()
    expect(requests).toEqual([])
  })

  it('goes on where a connection breaks off', async () => {
    await download(['flaky'])
    await expectComplete()
    expect(requests).toEqual([
      'flaky whole',
      'flaky bytes=60000-',
      'flaky bytes=120000-',
      'flaky bytes=180000-',
    ])
  })

  it('lets another mirror take over what one began', async () => {
    await download(['short', 'good'])
    await expectComplete()
    expect(requests.at(-1)).toBe('good bytes=50000-')
  })

  it.each(['refusing', 'muddled', 'whole'])(
    'copes with a mirror that is %s about ranges',
    async (mirror) => {
      await leave(content.subarray(0, 1000))
      await download([mirror])
      await expectComplete()
    },
  )

  it.each([
    ['belongs to another file', Buffer.alloc(1000, 1)],
    ['is too long', Buffer.alloc(300_000, 1)],
    ['is as long as the file, but another', Buffer.alloc(200_000, 1)],
  ])('starts over where what is there %s', async (_, part) => {
    await leave(part)
    await download(['good'])
    await expectComplete()
    expect(requests.at(-1)).toBe('good whole')
  })

  it('gives up a silent mirror', async () => {
    await download(['silent', 'good'], { patience: 200 })
    await expectComplete()
  })

  it('says what each mirror did where none delivers, and leaves nothing under the final name', async () => {
    const failed = download(['gone', 'altered'])
    await expect(failed).rejects.toThrow(
      new RegExp(
        `^${path()}: not downloaded, got ${base}/gone/file: HTTP 404 Not Found; ${base}/altered/file: checksum [0-9a-f]{64} instead of ${sha256}, expected one mirror`,
      ),
    )
    expect(await readdir(join(folder, 'set'))).toEqual([])
    await expect(
      downloadFile({ urls: ['http://127.0.0.1:1/f'], path: path(), bytes: 1, sha256 }),
    ).rejects.toThrow(/127\.0\.0\.1:1\/f: .*(ECONNREFUSED|bad port)/)
  })

  it('stops at a signal, keeping what is there for later', async () => {
    const controller = new AbortController()
    const reason = new Error('stopped')
    const stopped = download(['silent'], {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    })
    await expect(stopped).rejects.toBe(reason)
    expect(await readdir(join(folder, 'set'))).toEqual(['file.part'])
    await download(['good'])
    await expectComplete()
    expect(requests.at(-1)).toBe('good bytes=1000-')
  })

  it.runIf(process.platform === 'linux')('leaves nothing where the disk is full', async () => {
    await mkdir(join(folder, 'set'))
    await symlink('/dev/full', `${path()}.part`)
    await expect(download(['whole', 'good'])).rejects.toThrow(
      /file\.part: cannot be written, got ENOSPC/,
    )
    expect(await readdir(join(folder, 'set'))).toEqual([])
  })
})

describe('downloadFiles', () => {
  const dataset = {
    mirrors: [],
    files: [
      { name: 'a', bytes: content.length, sha256 },
      { name: 'b', bytes: content.length, sha256 },
    ],
    classNames: [],
  }

  it('downloads what is missing, once, with one progress', async () => {
    const seen: LoadProgress[] = []
    const options = {
      cacheDir: folder,
      mirrors: [`${base}/gone`, `${base}/good/`],
      onProgress: (progress: LoadProgress) => seen.push(progress),
    }
    expect(await downloadFiles('set', dataset, options)).toBe(join(folder, 'set'))
    expect((await readdir(join(folder, 'set'))).sort()).toEqual(['a', 'b'])
    expect(seen.at(-1)).toEqual({
      phase: 'download',
      name: 'b',
      done: 400_000,
      total: 400_000,
      unit: 'bytes',
    })
    requests = []
    await downloadFiles('set', dataset, options)
    expect(requests).toEqual([])
  })
})

describe('downloadDataset', () => {
  it('keeps only what has the official checksum', async () => {
    const failed = downloadDataset('mnist', { cacheDir: folder, mirrors: [`${base}/whole`] })
    await expect(failed).rejects.toThrow(
      /train-images-idx3-ubyte\.gz: not downloaded, got .* 200000 bytes instead of 9912422, .*put the data set's files into a folder and pass that folder instead/,
    )
    expect(await readdir(join(folder, 'mnist'))).toEqual(['train-images-idx3-ubyte.gz.part'])
  })

  it('knows two names', async () => {
    await expect(downloadDataset('imagenet')).rejects.toThrow(
      "data set: no such one, got 'imagenet', expected mnist or fashion-mnist",
    )
  })

  it.each(Object.values(datasets))('has four files with checksums', ({ files, mirrors: list }) => {
    expect(files.map(({ name }) => name.replace(/-.*/, ''))).toEqual([
      'train',
      'train',
      't10k',
      't10k',
    ])
    expect(files.every(({ sha256: sum }) => /^[0-9a-f]{64}$/.test(sum))).toBe(true)
    expect(list.length).toBeGreaterThan(1)
  })
})

it('keeps downloads where the environment says', () => {
  expect(defaultCacheDir({ ANYVAE_CACHE: '/a', XDG_CACHE_HOME: '/x' })).toBe('/a')
  expect(defaultCacheDir({ XDG_CACHE_HOME: '/x' })).toBe(join('/x', 'anyvae'))
  expect(defaultCacheDir({})).toMatch(/anyvae$/)
})
