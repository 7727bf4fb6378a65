import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeTiff } from '../testing/tiff.js'
import { imagesDigest } from './digest.js'
import { readImageFile } from './image-file.js'
import { loadImages, streamImages } from './load.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-deep-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function put(name: string, content: Uint8Array): Promise<string> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}

const grey = (data: Float32Array | Uint16Array | Uint32Array) =>
  encodeTiff({ width: data.length, height: 1, channels: 1, data })

/** Two files, which lie in train and test, so that their order is known. */
async function pair(first: Uint8Array, second: Uint8Array, name = '0.tif'): Promise<void> {
  await put(`train/${name}`, first)
  await put(`test/${name}`, second)
}

describe('float TIFF', () => {
  it('has the pixels of its values', async () => {
    const values = Float32Array.of(0.767, 0.1945, 0.6088, 1, 0, 1.0000001)
    await pair(grey(values), grey(values.map((value) => value / 4)))
    const { train, test, note } = await loadImages(folder)
    expect(train.shape).toEqual({ channels: 1, height: 1, width: 6 })
    expect([...train.data]).toEqual([196, 50, 155, 255, 0, 255])
    expect([...test.data]).toEqual([49, 12, 39, 64, 0, 64])
    expect(note).toBeUndefined()
  })

  it('has them in colour as well, none brightened', async () => {
    const data = Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0.1)
    const path = await put('a.tif', encodeTiff({ width: 2, height: 1, channels: 3, data }))
    const shape = { channels: 3, height: 1, width: 2 }
    expect([...(await readImageFile(path, { shape }))]).toEqual([0, 191, 64, 255, 128, 26])
  })

  it('is read by one range in all files of a folder', async () => {
    await pair(grey(Float32Array.of(0, 200.4)), grey(Float32Array.of(0, 1)))
    const { train, test } = await loadImages(folder)
    expect([...train.data, ...test.data]).toEqual([0, 200, 0, 1])
  })

  it('is refused where its values may mean several things, with the flag that settles it', async () => {
    await pair(grey(Float32Array.of(0, 3.5)), grey(Float32Array.of(0, 1)))
    await expect(loadImages(folder)).rejects.toThrow(
      `${join(folder, 'train', '0.tif')}: range of values not clear, got 0 to 3.5, expected`,
    )
    const { train } = await loadImages(folder, { range: { black: 0, white: 7 } })
    expect([...train.data]).toEqual([0, 128])
    await pair(grey(Float32Array.of(-1, 1)), grey(Float32Array.of(0, 1)))
    await expect(loadImages(folder)).rejects.toThrow('--range -1..1')
    const signed = await loadImages(folder, { range: { black: -1, white: 1 } })
    expect([...signed.train.data, ...signed.test.data]).toEqual([0, 255, 128, 255])
    await pair(grey(Float32Array.of(NaN, 1)), grey(Float32Array.of(0, 1)))
    await expect(loadImages(folder)).rejects.toThrow('no pixel value, got NaN at index 0')
  })

  it('streams as it loads', async () => {
    await pair(grey(Float32Array.of(0, 200.4)), grey(Float32Array.of(0, 1)))
    const options = { cacheDir: join(folder, '.cache'), size: { height: 1, width: 2 }, channels: 1 }
    const memory = await loadImages(folder, options)
    const { train, test, close } = await streamImages(folder, options)
    expect(await imagesDigest(train)).toBe(await imagesDigest(memory.train))
    expect(await imagesDigest(test)).toBe(await imagesDigest(memory.test))
    await close()
  })

  it('of 32-bit whole numbers is read alike', async () => {
    await pair(grey(Uint32Array.of(0, 200)), grey(Uint32Array.of(7, 9)))
    const { train, test } = await loadImages(folder)
    expect([...train.data, ...test.data]).toEqual([0, 200, 7, 9])
  })
})

describe('12 bits in 16', () => {
  const values = Uint16Array.of(0, 2072, 4095, 610)
  const png = (data: Uint16Array) =>
    sharp(data, { raw: { width: 4, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer()

  it.each([
    ['PNG', 'png', () => png(values)],
    ['TIFF', 'tif', () => Promise.resolve(grey(values))],
  ])('are said to be so, and read with a range: %s', async (_, ending, make) => {
    await pair(await make(), await make(), `0.${ending}`)
    for (const options of [{}, { size: { height: 1, width: 4 }, channels: 1 }]) {
      const { train, note } = await loadImages(folder, options)
      expect([...train.data]).toEqual([0, 8, 16, 2])
      expect(note).toBe(
        `${join(folder, 'train', `0.${ending}`)}: 16-bit images whose greatest value is 4095 of 65535, as if of 12 bits (--range 0..4095 where that is white)`,
      )
    }
    const { train, note } = await loadImages(folder, { range: { black: 0, white: 4095 } })
    expect([[...train.data], note]).toEqual([[0, 129, 255, 38], undefined])
  })

  it('are not said of 16 bits in 16, which are 0 to 65535', async () => {
    const full = Uint16Array.of(0, 0x8000, 65_535, 257)
    await pair(await png(full), await png(values), '0.png')
    const { train, note } = await loadImages(folder)
    expect([[...train.data], note]).toEqual([[0, 128, 255, 1], undefined])
  })

  it('leave ordinary images beside them as they are', async () => {
    const plain = sharp(Uint8Array.of(0, 100, 200, 255), {
      raw: { width: 4, height: 1, channels: 1 },
    })
    await pair(await png(values), await plain.png().toBuffer(), '0.png')
    const { test } = await loadImages(folder, { range: { black: 0, white: 4095 }, channels: 1 })
    expect([...test.data]).toEqual([0, 100, 200, 255])
  })

  it('with transparency become black there', async () => {
    const data = Uint16Array.of(4095, 65_535, 4095, 0)
    const raw = { width: 2, height: 1, channels: 2 } as const
    const path = await put(
      'a.png',
      await sharp(data, { raw }).toColourspace('grey16').png().toBuffer(),
    )
    const shape = { channels: 1, height: 1, width: 2 }
    const range = { black: 0, white: 4095 }
    expect([...(await readImageFile(path, { shape, range }))]).toEqual([255, 0])
  })
})
