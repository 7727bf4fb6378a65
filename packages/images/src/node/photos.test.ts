import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readImageFile } from './image-file.js'
import { loadImages, streamImages } from './load.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-photos-'))
})
afterEach(() => rm(folder, { recursive: true }))

const RED = { r: 255, g: 0, b: 0 }
const blank = (width: number, height: number, background: object = RED) =>
  sharp({ create: { width, height, channels: 3, background } })

/** Pixels of a file as [red, green, blue]. */
async function pixels(name: string, width: number, height: number): Promise<number[][]> {
  const shape = { channels: 3, height, width }
  const planes = await readImageFile(join(folder, name), { shape })
  const area = width * height
  return Array.from({ length: area }, (_, i) => [0, 1, 2].map((c) => planes[c * area + i] ?? 0))
}

describe('ordinary photos', () => {
  it('are turned as the camera says', async () => {
    const data = Uint8Array.of(255, 0, 0, 0, 0, 255)
    const image = sharp(data, { raw: { width: 2, height: 1, channels: 3 } })
    // 6: the top of the scene is the right side of the file.
    await image.withMetadata({ orientation: 6 }).png().toFile(join(folder, '0.png'))
    const { train } = await loadImages(folder)
    expect(train.shape).toEqual({ channels: 3, height: 2, width: 1 })
    const turned = [
      [255, 0, 0],
      [0, 0, 255],
    ]
    expect(await pixels('0.png', 1, 2)).toEqual(turned)
  })

  it('have black where they are transparent, as far as they are', async () => {
    const data = Uint8Array.of(255, 255, 255, 0, 255, 255, 255, 128, 255, 255, 255, 255)
    const image = sharp(data, { raw: { width: 3, height: 1, channels: 4 } })
    await image.png().toFile(join(folder, 'a.png'))
    await image.webp({ lossless: true }).toFile(join(folder, 'a.webp'))
    for (const name of ['a.png', 'a.webp']) {
      expect((await pixels(name, 3, 1)).map(([red]) => red)).toEqual([0, 128, 255])
    }
  })

  it('have the colours of their palettes', async () => {
    await blank(2, 2).png({ palette: true, colours: 4 }).toFile(join(folder, 'a.png'))
    await blank(2, 2).gif().toFile(join(folder, 'a.gif'))
    for (const name of ['a.png', 'a.gif'])
      expect((await pixels(name, 2, 2))[0]).toEqual([255, 0, 0])
    expect((await loadImages(folder)).train.shape.channels).toBe(3)
  })

  it.each(['jpg', 'tif'])(
    'in the colours of print are made red, green and blue: %s',
    async (type) => {
      await blank(8, 8)
        .toColourspace('cmyk')
        .toFile(join(folder, `a.${type}`))
      const [red = 0, green = 0, blue = 0] = (await pixels(`a.${type}`, 8, 8))[9] ?? []
      expect([red > 200, green < 80, blue < 80]).toEqual([true, true, true])
      expect((await loadImages(folder)).train.shape.channels).toBe(3)
    },
  )

  it.each(['gif', 'webp', 'tif'])(
    'of several pictures give the first, with a word: %s',
    async (type) => {
      const frames = Uint8Array.from({ length: 3 * 4 * 4 * 3 }, (_, i) => (i < 48 ? 200 : 10))
      const animation = sharp(frames, { raw: { width: 4, height: 12, channels: 3, pageHeight: 4 } })
      const made = {
        gif: () => animation.gif(),
        webp: () => animation.webp({ lossless: true }),
        tif: () => animation.tiff(),
      }
      const name = join(folder, `a.${type}`)
      await made[type as keyof typeof made]().toFile(name)
      await blank(4, 4).png().toFile(join(folder, 'b.png'))
      const { note } = await loadImages(folder, { channels: 1 })
      expect(await pixels(`a.${type}`, 4, 4)).toEqual(Array(16).fill([200, 200, 200]))
      expect(note).toBe(`${name}: holds several pictures; the first of each is taken`)
    },
  )
})

describe('photos of several sizes', () => {
  it('are brought to a square that suits them, and the note says so', async () => {
    for (const [i, side] of [30, 90, 47].entries()) {
      await blank(side, side + 10)
        .png()
        .toFile(join(folder, `${i}.png`))
    }
    const { train, note } = await loadImages(folder)
    expect(train.shape).toEqual({ channels: 3, height: 44, width: 44 })
    expect(note).toBe(
      `${folder}: images of several sizes, 40x30 to 100x90, are cut to 44x44 (--size and --fit crop, pad or stretch choose otherwise)`,
    )
    const padded = await loadImages(folder, { fit: 'contain' })
    expect(padded.note).toContain('are padded to 44x44')
    expect(padded.train.data[0]).toBe(0)
  })

  it('are at most 64 by 64', async () => {
    await blank(500, 300).png().toFile(join(folder, '0.png'))
    await blank(800, 600).png().toFile(join(folder, '1.png'))
    expect((await loadImages(folder)).train.shape).toMatchObject({ height: 64, width: 64 })
  })

  it('are made smaller where all are large and alike, unless a size is asked for', async () => {
    for (const name of ['0.jpg', '1.jpg']) await blank(600, 400).toFile(join(folder, name))
    const { train, note } = await loadImages(folder)
    expect(train.shape).toEqual({ channels: 3, height: 64, width: 64 })
    expect(note).toBe(
      `${folder}: images of 400x600 are cut to 64x64 (--size and --fit crop, pad or stretch choose otherwise)`,
    )
    const whole = await loadImages(folder, { size: { height: 400, width: 600 } })
    expect([whole.train.shape.width, whole.note]).toEqual([600, undefined])
    const streamed = await streamImages(folder)
    await streamed.close()
    expect([streamed.train.shape.width, streamed.note]).toEqual([64, note])
  })

  it.each([
    [256, 256],
    [257, 64],
  ])('of %i pixels a side become %i', async (side, expected) => {
    await blank(side, 200).png().toFile(join(folder, '0.png'))
    expect((await loadImages(folder)).train.shape.width).toBe(expected)
  })

  it('keep the size that all have, or that is asked for, without a note', async () => {
    await blank(70, 90).png().toFile(join(folder, '0.png'))
    await blank(70, 90).png().toFile(join(folder, '1.png'))
    const alike = await loadImages(folder)
    expect([alike.train.shape.height, alike.note]).toEqual([90, undefined])
    await blank(20, 20).png().toFile(join(folder, '2.png'))
    const asked = await loadImages(folder, { size: 8 })
    expect([asked.train.shape.height, asked.note]).toEqual([8, undefined])
  })

  it('refuse a file that is none', async () => {
    await writeFile(join(folder, 'a.heic.png'), 'ftypheic')
    await expect(loadImages(folder)).rejects.toThrow('a.heic.png: no readable image')
  })
})
