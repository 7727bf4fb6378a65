// Pictures as PNG files by Node's own zlib: a tenth of the time, and bytes that may differ from a page's.
import { crc32, deflateSync } from 'node:zlib'
import type { Picture } from '../picture.js'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const COLOUR_TYPES = { 1: 0, 3: 2 } as const

/** A picture as the bytes of a PNG file: the same pixels as `encodePng`'s, sooner. */
export function deflatePng({ width, height, channels, data }: Picture): Uint8Array {
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 8)
  header.setUint8(9, COLOUR_TYPES[channels])
  const length = width * channels
  const rows = new Uint8Array(height * (length + 1))
  for (let row = 0; row < height; row++) {
    rows.set(data.subarray(row * length, (row + 1) * length), row * (length + 1) + 1)
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ])
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(content.length)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}
