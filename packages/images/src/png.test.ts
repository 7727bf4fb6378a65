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

describe('decodePng of pixels that are not there', () => {
  const row = chunk('IDAT', deflateSync(Uint8Array.of(0, 1, 2, 3)))
  const end = chunk('IEND', new Uint8Array())
  const large = headerOf({ width: 2 ** 17, height: 2 ** 17 })
  const plain = headerOf({})

  it.each([
    [
      'a header that declares 16 GiB',
      [large, row, end],
      /12 bytes of packed pixels for 17180000256/,
    ],
    ['a second header', [plain, large, row, end], /two headers/],
    ['a picture without rows', [headerOf({ height: 0 }), row, end], /a picture of 3 x 0/],
    ['no header', [row, end], /no header/],
    ['too few pixels', [headerOf({ height: 2 }), row, end], /4 bytes of pixels of 8/],
    ['pixels behind the end', [plain, end, row], /0 bytes of packed pixels for 4/],
  ])('refuses %s', (_, chunks, message) => {
    expect(() => decodePng(fileOf(...chunks))).toThrow(message)
  })

  it('stops where more is packed than declared, and leaves colour profiles packed', () => {
    const much = deflateSync(new Uint8Array(2 ** 24))
    expect(() => decodePng(fileOf(plain, chunk('IDAT', much), end))).toThrow(/more than 4 bytes/)
    // Whoever unpacks this one fails.
    const profile = chunk('iCCP', Uint8Array.of(97, 0, 0, 1, 2, 3))
    expect(decodePng(fileOf(plain, profile, row, end)).data).toEqual(Uint8Array.of(1, 2, 3))
  })

  it.each([1, 2, 3, 8, 9])('reads interlaced pictures of %d x 5', async (width) => {
    const data = Uint8Array.from({ length: width * 5 * 3 }, (_, i) => (i * 37) % 256)
    const raw = { width, height: 5, channels: 3 as const }
    const bytes = await sharp(data, { raw }).png({ progressive: true }).toBuffer()
    expect(decodePng(bytes).data).toEqual(data)
  })
})

interface Header {
  readonly width?: number
  readonly height?: number
  readonly depth?: number
}

/** The header of a grey picture, one row of three pixels unless it says otherwise. */
function headerOf({ width = 3, height = 1, depth = 8 }: Header): number[] {
  const sizes = [...bigEndian(width), ...bigEndian(height)]
  return chunk('IHDR', Uint8Array.of(...sizes, depth, 0, 0, 0, 0))
}

function fileOf(...chunks: readonly number[][]): Uint8Array {
  return Uint8Array.from([[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], ...chunks].flat())
}

/** A grey PNG file of one row of three pixels, from its row's bytes. */
function png(depth: number, row: readonly number[]): Uint8Array {
  const data = chunk('IDAT', deflateSync(Uint8Array.of(0, ...row)))
  return fileOf(headerOf({ depth }), data, chunk('IEND', new Uint8Array()))
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
