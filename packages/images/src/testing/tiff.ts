// TIFF files of any type of values, which image libraries read and do not write.

/** What a file holds: rows of pixels, channels last. */
export interface TiffImage {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: Uint16Array | Uint32Array | Float32Array
}

const [SHORT, LONG] = [3, 4]
const UNSIGNED = 1
const FLOAT = 3

/** The bytes of an uncompressed little-endian TIFF file of one strip. */
export function encodeTiff({ width, height, channels, data }: TiffImage): Uint8Array {
  const bits = 8 * data.BYTES_PER_ELEMENT
  const format = data instanceof Float32Array ? FLOAT : UNSIGNED
  const tags = 11
  const lists = 8 + 2 + 12 * tags + 4
  const start = lists + 4 * channels
  const file = new Uint8Array(start + data.byteLength)
  const view = new DataView(file.buffer)
  file.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, tags, 0])
  for (let c = 0; c < channels; c++) {
    view.setUint16(lists + 2 * c, bits, true)
    view.setUint16(lists + 2 * channels + 2 * c, format, true)
  }
  /** Values of a tag that are too many for its own four bytes lie elsewhere. */
  const perChannel = (value: number, at: number) => (channels === 1 ? value : at)
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, SHORT, 1, width],
    [257, SHORT, 1, height],
    [258, SHORT, channels, perChannel(bits, lists)],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, channels === 1 ? 1 : 2],
    [273, LONG, 1, start],
    [277, SHORT, 1, channels],
    [278, SHORT, 1, height],
    [279, LONG, 1, data.byteLength],
    [284, SHORT, 1, 1],
    [339, SHORT, channels, perChannel(format, lists + 2 * channels)],
  ]
  entries.forEach(([tag, type, count, value], i) => {
    const at = 10 + 12 * i
    view.setUint16(at, tag, true)
    view.setUint16(at + 2, type, true)
    view.setUint32(at + 4, count, true)
    view.setUint32(at + 8, value, true)
  })
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start)
  return file
}
