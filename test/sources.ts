// Sources of images that are as they should be, and such as are damaged, for `--data`.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { encodeIdx, encodeNpy, encodePng, glyphs } from '@anyvae/images'

const COUNT = 40
const SIDE = 28
const digits = glyphs({ count: COUNT, seed: 1 })
const images = encodeIdx({ dims: [COUNT, SIDE, SIDE], data: digits.data })
const labels = encodeIdx({ dims: [COUNT], data: Uint8Array.from(digits.labels ?? []) })

/** The files of a source by their paths. */
export type Files = Readonly<Record<string, Uint8Array>>

/** Writes files below a folder. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
  }
}

/** A drawn digit as a PNG file. */
export function png(seed: number, side = SIDE): Uint8Array {
  const { data } = glyphs({ count: 1, seed, height: side, width: side })
  return encodePng({ width: side, height: side, channels: 1, data })
}

/** A folder of ten digits, and others. */
function pngs(others: Files): Files {
  const entries = Array.from({ length: 10 }, (_, i): [string, Uint8Array] => [
    `in/${i}.png`,
    png(i),
  ])
  return { ...Object.fromEntries(entries), ...others }
}

/** Colour images of 28 x 28 as an array. */
export const colours = encodeNpy({
  dtype: 'u1',
  shape: [20, SIDE, SIDE, 3],
  data: Uint8Array.from({ length: 20 * SIDE * SIDE * 3 }, (_, i) => i % 251),
})

function withNaN(): Uint8Array {
  const data = Float32Array.from(digits.data, (value) => value / 255)
  data[1000] = Number.NaN
  return encodeNpy({ dtype: 'f4', shape: [COUNT, SIDE, SIDE], data })
}

/** A source that cannot be used: its files, what `--data` names, and what is said of it. */
export interface BadSource {
  readonly what: string
  readonly files: Files
  readonly data: string
  readonly message: RegExp
}

const IMAGES = 'in/train-images-idx3-ubyte'
const LABELS = 'in/train-labels-idx1-ubyte'

export const badSources: readonly BadSource[] = [
  {
    what: 'a truncated IDX file',
    files: { [IMAGES]: images.subarray(0, 5000) },
    data: 'in',
    message: /^in.train-images-idx3-ubyte: truncated, got 5000 bytes, expected 31376 /,
  },
  {
    what: 'an IDX file that ends within its header',
    files: { [IMAGES]: images.subarray(0, 9) },
    data: 'in',
    message: /^in.train-images-idx3-ubyte: truncated, got 9 bytes, expected a header of 16$/,
  },
  {
    what: 'labels under the name of images',
    files: { [IMAGES]: labels },
    data: 'in',
    message: /^in.train-images-idx3-ubyte: not IDX images, got magic number 0x00000801 \(labels\)/,
  },
  {
    what: 'images under the name of labels',
    files: { [IMAGES]: images, [LABELS]: images },
    data: 'in',
    message: /^in.train-labels-idx1-ubyte: not IDX labels, got magic number 0x00000803 \(images\)/,
  },
  {
    what: 'fewer labels than images',
    files: { [IMAGES]: images, [LABELS]: encodeIdx({ dims: [9], data: new Uint8Array(9) }) },
    data: 'in',
    message: /^in.train-labels-idx1-ubyte: .*, got 9 labels, expected 40 /,
  },
  {
    what: 'gzip data that end early',
    files: { [`${IMAGES}.gz`]: gzipSync(images).subarray(0, 2000) },
    data: 'in',
    message:
      /^in.train-images-idx3-ubyte.gz: gzip data end early, got 2000 bytes, expected a whole/,
  },
  {
    what: 'an image file that is cut off',
    files: pngs({ 'in/half.png': png(1).subarray(0, 90) }),
    data: 'in',
    message: /^in.half.png: no readable image, got .+, expected a whole image file$/,
  },
  {
    what: 'a text under the name of an image',
    files: pngs({ 'in/note.png': new TextEncoder().encode('a note') }),
    data: 'in',
    message: /^in.note.png: no readable image, got .+, expected a whole image file$/,
  },
  {
    what: 'a folder without images',
    files: { 'in/readme.txt': new TextEncoder().encode('none here') },
    data: 'in',
    message: /^in: no images, got 1 \.txt, expected/,
  },
  {
    what: 'an array without images',
    files: { 'in.npy': encodeNpy({ dtype: 'u1', shape: [0, SIDE, SIDE], data: new Uint8Array() }) },
    data: 'in.npy',
    message: /^in.npy: empty, got shape \[0, 28, 28\], expected images$/,
  },
  {
    what: 'NaN in an array',
    files: { 'in.npy': withNaN() },
    data: 'in.npy',
    message: /^in.npy: no pixel value, got NaN at index 1000, expected 0 to 1 or 0 to 255$/,
  },
  {
    what: 'an array that is cut off',
    files: { 'in.npy': colours.subarray(0, 3000) },
    data: 'in.npy',
    message: /^in.npy: truncated, got 3000 bytes, expected \d+ /,
  },
  {
    what: 'a source that is not there',
    files: {},
    data: 'nowhere',
    message: /^images: no such source, file or folder, got 'nowhere', expected glyphs, /,
  },
]
