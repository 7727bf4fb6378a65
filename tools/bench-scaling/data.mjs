// A .npy file of any number of images, written a little at a time.
import { closeSync, openSync, writeSync } from 'node:fs'
import { encodeNpy, glyphs, imageSize } from '@anyvae/images'

const DIFFERENT = 2000

/** Writes so many images of drawn digits; after the first 2,000 they come again. */
export function writeImages(path, count) {
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
