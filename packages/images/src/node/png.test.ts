// PNG files by Node's zlib hold the pixels that were given.
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodePng } from '../png.js'
import type { Picture } from '../picture.js'
import { deflatePng } from './png.js'

describe('deflatePng', () => {
  it.each([1, 3] as const)(
    'keeps %d channels, as decodePng and sharp read them',
    async (channels) => {
      const [width, height] = [7, 5]
      const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256)
      const picture: Picture = { width, height, channels, data }
      const bytes = deflatePng(picture)
      expect(decodePng(bytes)).toEqual(picture)
      const raw = sharp(bytes)
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw()
      expect(new Uint8Array(await raw.toBuffer())).toEqual(data)
    },
  )
})
