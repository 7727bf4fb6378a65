// Pictures as PNG files, in plain JavaScript: the same bytes in a page and in Node.
import { convertIndexedToRgb, decode, encode, hasPngSignature, type DecodedPng } from 'fast-png'
import { ImagesError } from './error.js'
import type { Picture } from './picture.js'
import { checkedPng } from './png-header.js'

/** A picture as the bytes of a PNG file. */
export function encodePng({ width, height, channels, data }: Picture): Uint8Array {
  return encode({ width, height, channels, data, depth: 8 }, { zlib: { level: 6 } })
}

/**
 * The picture in a PNG file's bytes. Palettes are resolved, 1 to 16 bits become 8, and transparency
 * is dropped. Nothing is allocated for pixels that the file does not hold.
 *
 * @throws ImagesError where the bytes are no PNG file, or a damaged one, or declare other pixels than
 * they hold
 */
export function decodePng(bytes: Uint8Array): Picture {
  if (!hasPngSignature(bytes)) {
    throw new ImagesError(
      `png: no PNG file, got ${bytes.length} other bytes, expected its signature`,
    )
  }
  try {
    return toPicture(decode(checkedPng(bytes), { checkCrc: true }))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ImagesError(`png: damaged, got ${reason}, expected a whole PNG file`, { cause })
  }
}

function toPicture(png: DecodedPng): Picture {
  const { width, height } = png
  const { values, stored } = eightBit(png)
  const channels = stored < 3 ? 1 : 3
  const data = new Uint8Array(width * height * channels)
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < channels; c++) {
      data[pixel * channels + c] = values[pixel * stored + c] ?? 0
    }
  }
  return { width, height, channels, data }
}

/** Values 0 to 255, and how many of them each pixel has. */
function eightBit(png: DecodedPng): { values: ArrayLike<number>; stored: number } {
  const { palette, depth, channels } = png
  if (palette) {
    return { values: convertIndexedToRgb(png), stored: palette[0]?.length ?? 3 }
  }
  if (depth === 8) return { values: png.data, stored: channels }
  const values = depth < 8 ? unpack(png) : Float64Array.from(png.data)
  return {
    values: Float64Array.from(values, (v) => Math.round((v * 255) / (2 ** depth - 1))),
    stored: channels,
  }
}

/** The values of a picture of less than 8 bits; each of its rows begins on a byte. */
function unpack({ data, width, height, depth }: DecodedPng): Uint8Array {
  const values = new Uint8Array(width * height)
  const rowBytes = Math.ceil((width * depth) / 8)
  for (let i = 0; i < values.length; i++) {
    const bit = (i % width) * depth
    const byte = data[Math.floor(i / width) * rowBytes + (bit >> 3)] ?? 0
    values[i] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
  }
  return values
}
