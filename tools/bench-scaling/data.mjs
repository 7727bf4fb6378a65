// Any number of images, written a little at a time: a .npy file, or a folder of PNG files.
import { closeSync, linkSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpy, encodePng, glyphs, imageSize } from '@anyvae/images'

const DIFFERENT = 2000

/** Writes so many images of drawn digits; after the first 2,000 they come again. */
export function writeArray(path, count) {
  const { data, shape } = glyphs({ count: DIFFERENT })
  const size = imageSize(shape)
  const file = openSync(path, 'w')
  try {
    writeSync(file, header([count, shape.height, shape.width]))
    for (let first = 0; first < count; first += DIFFERENT) {
      writeSync(file, data.subarray(0, Math.min(DIFFERENT, count - first) * size))
    }
  } finally {
    closeSync(file)
  }
}

function header(shape) {
  return encodeNpy({ dtype: 'u1', shape, data: new Uint8Array() })
}

/** As `writeArray`, a file for each image, all in one folder; those that come again are hard links. */
export function writeFolder(path, count) {
  const { data, shape } = glyphs({ count: Math.min(count, DIFFERENT) })
  const size = imageSize(shape)
  mkdirSync(path)
  const name = (i) => join(path, `${i}.png`)
  for (let i = 0; i < count; i++) {
    if (i >= DIFFERENT) {
      linkSync(name(i % DIFFERENT), name(i))
      continue
    }
    const pixels = data.subarray(i * size, (i + 1) * size)
    writeFileSync(name(i), encodePng({ ...shape, data: pixels }))
  }
}
