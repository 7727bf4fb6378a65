import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Picture } from './picture.js'
import { decodePng, encodePng } from './png.js'

const WIDTH = 7
const HEIGHT = 5

function gradient(channels: 1 | 3): Picture {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => (i * 37) % 256)
  return { width: WIDTH, height: HEIGHT, channels, data }
}

describe('encodePng', () => {
  it.each([1, 3] as const)(
    'keeps %d channels, as decodePng and sharp read them',
    async (channels) => {
      const picture = gradient(channels)
      const bytes = encodePng(picture)
      expect(decodePng(bytes)).toEqual(picture)
      const raw = sharp(bytes)
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw()
      expect(new Uint8Array(await raw.toBuffer())).toEqual(picture.data)
    },
  )
})

describe('decodePng', () => {
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 as const }

  it('resolves palettes', async () => {
    const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i % 9 < 3 ? 250 : 10))
    const picture = decodePng(
      await sharp(data, { raw }).png({ palette: true, dither: 0 }).toBuffer(),
    )
    expect(picture.channels).toBe(3)
    expect([...picture.data.slice(0, 6)]).toEqual([250, 250, 250, 10, 10, 10])
  })

  it('drops transparency', async () => {
    const { data } = gradient(3)
    const bytes = await sharp(data, { raw }).ensureAlpha(0.5).png().toBuffer()
    expect(decodePng(bytes)).toEqual(gradient(3))
  })

  it('makes 16 bits and 1 bit into 8', () => {
    expect([...decodePng(png(16, [0xff, 0xff, 0x80, 0x00, 0x00, 0x00])).data]).toEqual([
      255, 128, 0,
    ])
    expect([...decodePng(png(1, [0b10100000])).data]).toEqual([255, 0, 255])
    expect([...decodePng(png(4, [0xf0, 0x80])).data]).toEqual([255, 0, 136])
  })

  it('refuses what is no PNG and what is damaged', () => {
    expect(() => decodePng(Uint8Array.of(1, 2, 3))).toThrow('png: no PNG file, got 3 other bytes')
    const bytes = encodePng(gradient(1))
    expect(() => decodePng(bytes.slice(0, 50))).toThrow(
      /^png: damaged, got .*, expected a whole PNG file$/,
    )
    const altered = bytes.map((byte, i) => (i === 45 ? byte ^ 1 : byte))
    expect(() => decodePng(altered)).toThrow(/^png: damaged/)
  })
})

/** A grey PNG file of one row of three pixels, from its row's bytes. */
function png(depth: number, row: readonly number[]): Uint8Array {
  const header = Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 1, depth, 0, 0, 0, 0)
  const data = deflateSync(Uint8Array.of(0, ...row))
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  const chunks = [chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', new Uint8Array())]
  return Uint8Array.of(...signature, ...chunks.flat())
}

function chunk(name: string, data: Uint8Array): number[] {
  const body = [...new TextEncoder().encode(name), ...data]
  return [...bigEndian(data.length), ...body, ...bigEndian(crc32(body))]
}

function bigEndian(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}

function crc32(bytes: readonly number[]): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
