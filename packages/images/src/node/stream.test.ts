import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeIdx } from '../idx.js'
import { imageSet } from '../image-set.js'
import { imagesOfArray } from '../arrays.js'
import { decodeNpy, encodeNpy, type NpyArray } from '../npy.js'
import { holdOutTest } from '../split.js'
import { imagesDigest } from './digest.js'
import { sortedEntries } from './entries.js'
import { scratchList } from './file-list.js'
import { loadImages, streamImages } from './load.js'
import type { LoadOptions } from './options.js'
import { openScratch } from './scratch.js'

let folder: string
let cacheDir: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-stream-'))
  cacheDir = join(folder, '.cache')
})
afterEach(() => rm(folder, { recursive: true }))

function bytes(count: number, modulus = 251): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i * 7 + (i >> 8)) % modulus)
}

function npy(shape: readonly number[], modulus?: number): Uint8Array {
  const data = bytes(
    shape.reduce((product, dim) => product * dim, 1),
    modulus,
  )
  return encodeNpy({ dtype: 'u1', shape, data })
}

async function put(name: string, content: Uint8Array): Promise<string> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}

async function paint(name: string, grey: number): Promise<void> {
  const background = { r: grey, g: 255 - grey, b: 7 }
  const image = sharp({ create: { width: 6, height: 5, channels: 3, background } })
  await put(name, await image.png().toBuffer())
}

/** A source read both ways gives the same; the streamed one in another order too. */
async function expectSame(source: string, options: LoadOptions = {}): Promise<void> {
  const memory = await loadImages(source, { ...options, cacheDir })
  const streamed = await streamImages(source, { ...options, cacheDir })
  try {
    expect([streamed.source, streamed.note]).toEqual([memory.source, memory.note])
    for (const part of ['train', 'test'] as const) {
      const { name, shape, count, data } = memory[part]
      expect(streamed[part]).toMatchObject({ name, shape, count })
      expect(await imagesDigest(streamed[part])).toBe(await imagesDigest(memory[part]))
      const size = data.length / count
      const backwards = Uint32Array.from({ length: count }, (_, i) => count - 1 - i)
      const images = await streamed[part].read(backwards)
      backwards.forEach((from, to) => {
        const expected = data.subarray(from * size, (from + 1) * size)
        expect(images.subarray(to * size, (to + 1) * size)).toEqual(expected)
      })
    }
  } finally {
    await streamed.close()
  }
}

/** A .npy file read both ways gives what decoding all of it at once gives. */
async function expectDecoded(content: Uint8Array, options: LoadOptions = {}): Promise<void> {
  const path = await put('images.npy', content)
  await expectSame(path, options)
  const { size, layout, range } = options
  const flat = typeof size === 'object' ? { size } : {}
  const { shape, data } = imagesOfArray(decodeNpy(content, path), path, { ...flat, layout, range })
  const expected = holdOutTest(imageSet({ name: path, shape, data }))
  const { train, test } = await loadImages(path, options)
  expect(train.data).toEqual(expected.train.data)
  expect(test.data).toEqual(expected.test.data)
  expect([train.name, test.name]).toEqual([expected.train.name, expected.test.name])
}

describe('a .npy file read piece by piece', () => {
  it.each([
    ['grey', npy([43, 5, 4])],
    ['colour, channels last', npy([25, 5, 4, 3])],
    ['colour, channels first', npy([25, 3, 5, 7])],
    ['a single image', npy([1, 5, 4])],
    ['bytes of 0 and 1', npy([40, 5, 4], 2)],
    ['bytes of 0 to 2', npy([40, 5, 4], 3)],
  ])('is what it is in memory: %s', (_, content) => expectDecoded(content))

  it('is what it is in memory: flat, with a size', async () => {
    await expectDecoded(npy([30, 20]), { size: { height: 5, width: 4 } })
  })

  it.each([
    ['width, height, channels and image', [4, 5, 3, 20], 'whcn'],
    ['channels, width, height and image', [3, 4, 5, 20], 'cwhn'],
    ['rows, columns and image', [5, 4, 20], 'hwn'],
  ])('is what it is in memory: Fortran order by %s', async (_, shape, layout) => {
    const content = npy(shape)
    const text = new TextDecoder('latin1').decode(content)
    content.set(new TextEncoder().encode('True, '), text.indexOf('False,'))
    await expectDecoded(content, { layout })
  })

  it('is refused where images lie in one another, which memory has room for', async () => {
    const content = npy([5, 4, 20])
    const path = await put('images.npy', content)
    const asked = streamImages(path, { layout: 'hwn' })
    await expect(asked).rejects.toThrow(
      'got images that lie in one another (shape [5, 4, 20], C or',
    )
    const { train } = await loadImages(path, { layout: 'hwn' })
    expect(train.shape).toEqual({ channels: 1, height: 5, width: 4 })
  })

  it('is what it is in memory: with a range', async () => {
    await expectDecoded(npy([40, 5, 4], 17), { range: { black: 0, white: 16 } })
  })

  it('is what it is in memory: true and false', async () => {
    const array: NpyArray = { dtype: 'b1', shape: [30, 5, 4], data: bytes(600, 2) }
    await expectDecoded(encodeNpy(array))
  })

  it('is refused where it is of another type, with what to do', async () => {
    const array: NpyArray = { dtype: 'f4', shape: [2, 1, 2], data: new Float32Array(4) }
    const path = await put('floats.npy', encodeNpy(array))
    await expect(streamImages(path)).rejects.toThrow(
      `${path}: not readable piece by piece, got another file or type of values, expected a .npy file of type uint8`,
    )
  })

  it('is refused where it is truncated, or of no images', async () => {
    const path = await put('short.npy', npy([43, 5, 4]).subarray(0, 500))
    await expect(streamImages(path)).rejects.toThrow(
      `${path}: truncated, got 500 bytes, expected 988`,
    )
    await put('short.npy', npy([43]))
    await expect(streamImages(path)).rejects.toThrow(`${path}: no images, got shape [43]`)
  })

  it('is refused once it is truncated or altered while it is read', async () => {
    const path = await put('images.npy', npy([100, 5, 4]))
    const { train, close } = await streamImages(path)
    const all = Uint32Array.from({ length: train.count }, (_, i) => i)
    await appendFile(path, 'more')
    await expect(train.read(all)).rejects.toThrow(`${path}: changed while it was read, got 2132 by`)
    await truncate(path, 1000)
    await expect(train.read(all)).rejects.toThrow(`${path}: truncated while it was read, got`)
    await put('images.npy', npy([100, 5, 4], 3))
    await utimes(path, 0, 0)
    await expect(train.read(all)).rejects.toThrow(
      `${path}: changed while it was read, got 2128 bytes of 1970`,
    )
    await close()
  })

  it('refuses an index beyond its images, and memory of another size', async () => {
    const { train, close } = await streamImages(await put('images.npy', npy([20, 5, 4])))
    expect(() => train.read(Uint32Array.of(18))).toThrow('no such image, got index 18')
    await expect(train.read(Uint32Array.of(0), new Uint8Array(3))).rejects.toThrow(
      'out: wrong length, got 3 bytes, expected 20',
    )
    const out = new Uint8Array(20)
    expect(await train.read(Uint32Array.of(0), out)).toBe(out)
    await close()
  })
})

describe('a folder of images read piece by piece', () => {
  it('is what it is in memory: with a tenth held out', async () => {
    for (let i = 0; i < 23; i++) await paint(`${i}.png`, 10 * i)
    await expectSame(folder)
  })

  it('is what it is in memory: splits, classes and a note', async () => {
    const names = ['train/a/1', 'train/a/2', 'train/b/3', 'test/a/4', 'test/b/5', 'val/a/6']
    for (const [i, name] of names.entries()) await paint(`${name}.png`, 30 * i)
    await expectSame(folder, { size: 4, channels: 1 })
  })

  it('leaves nothing behind, while it is open or when it fails', async () => {
    for (let i = 0; i < 12; i++) await paint(`${i}.png`, 10 * i)
    const { close } = await streamImages(folder, { cacheDir })
    expect(await readdir(cacheDir)).toEqual([])
    await close()
    await put('9.png', Uint8Array.of(1, 2))
    await expect(streamImages(folder, { cacheDir })).rejects.toThrow(
      `${join(folder, '9.png')}: no readable image`,
    )
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('is refused where the cache folder cannot hold it', async () => {
    await paint('1.png', 0)
    await put('file', Uint8Array.of(1))
    const asked = streamImages(folder, { cacheDir: join(folder, 'file') })
    await expect(asked).rejects.toThrow(`cannot hold the list of ${folder}, got EEXIST`)
    const bytes = Number.MAX_SAFE_INTEGER
    await expect(openScratch({ cacheDir, what: 'the pixels', bytes })).rejects.toThrow(
      `expected ${bytes} (ANYVAE_CACHE names another folder)`,
    )
  })
})

describe('lists that are longer than memory', () => {
  it('come out sorted as they do in memory', async () => {
    const names = Array.from({ length: 57 }, (_, i) => `${(i * 37) % 57} ü\n.png`)
    for (const name of names) await put(`list/${name}`, new Uint8Array())
    const all = async (most?: number): Promise<string[]> => {
      const sorted: string[] = []
      const spill = most === undefined ? undefined : { cacheDir, most }
      for await (const { name } of sortedEntries(join(folder, 'list'), spill)) sorted.push(name)
      return sorted
    }
    expect(await all()).toEqual([...names].sort())
    expect(await all(10)).toEqual([...names].sort())
    expect(await all(57)).toEqual([...names].sort())
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('are given in pieces, again and again', async () => {
    const list = await scratchList({ cacheDir, what: 'a list' })
    const files = Array.from({ length: 3000 }, (_, i) => ({ path: `${i} äß ${'x'.repeat(40)}` }))
    for (const file of files) await list.add(file)
    for (let time = 0; time < 2; time++) {
      const pieces = []
      for await (const piece of list.pieces(700)) pieces.push(piece)
      expect(pieces.map(({ length }) => length)).toEqual([700, 700, 700, 700, 200])
      expect(pieces.flat()).toEqual(files)
    }
    await list.close()
  })
})

describe('IDX files read piece by piece', () => {
  const images = encodeIdx({ dims: [35, 5, 4], data: bytes(700) })
  it('are what they are in memory, gzipped or not, and with a test part or without', async () => {
    await put('train-images-idx3-ubyte', images)
    await expectSame(folder)
    await put('t10k-images-idx3-ubyte.gz', gzipSync(images))
    await expectSame(folder)
    await rm(join(folder, 'train-images-idx3-ubyte'))
    const { train, close } = await streamImages(folder, { cacheDir })
    expect(train.count).toBe(0)
    await close()
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('are refused as they are in memory', async () => {
    const contents = [
      images.subarray(0, 3),
      images.subarray(0, 9),
      gzipSync(images).subarray(0, 40),
    ]
    contents.push(gzipSync(images.subarray(0, 600)), encodeIdx({ dims: [3], data: bytes(3) }))
    for (const content of contents) {
      await put('train-images-idx3-ubyte', content)
      const memory = loadImages(folder).catch(String)
      const streamed = streamImages(folder, { cacheDir }).catch(String)
      expect(await streamed).toBe(await memory)
      expect(await streamed).toContain('ImagesError')
    }
  })
})

it('glyphs are refused in one line, since they are drawn', async () => {
  await expect(streamImages('glyphs:10')).rejects.toThrow('glyphs:10: not read but drawn')
})

it('another shape than is asked for is refused as in memory', async () => {
  const path = await put('images.npy', npy([20, 5, 4]))
  await expect(streamImages(path, { size: 28 })).rejects.toThrow('images of another shape')
})
