// Files of images on disk: archives, compressed files, pictures.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { encodePng, ImagesError, type ImageSet } from '@anyvae/images'
import { loadImages, readImageFile } from '@anyvae/images/node'
import { mutateBytes } from '../mutators/bytes.js'
import { mutateGzip } from '../mutators/gzip.js'
import { mutateIdx } from '../mutators/idx.js'
import { mutateNpy } from '../mutators/npy.js'
import { mutatePng } from '../mutators/png.js'
import { mutateZip, zipOf } from '../mutators/zip.js'
import { ensure, type Target } from '../target.js'
import { digits, idxImages, idxLabels, npyFiles } from './seeds.js'

/** Each set has whole images of one shape, and a label for each where it has labels. */
export function checkSets(sets: { readonly train: ImageSet; readonly test: ImageSet }): void {
  for (const { shape, count, data, labels } of [sets.train, sets.test]) {
    const { channels, height, width } = shape
    ensure(
      data.length === count * channels * height * width,
      `${data.length} bytes, ${count} images`,
    )
    ensure(
      labels === undefined || labels.length === count,
      `${labels?.length} labels, ${count} images`,
    )
  }
}

/** Archives of arrays under the usual names. */
function archives(): Uint8Array[] {
  const [bytes = new Uint8Array(0), floats = bytes] = npyFiles
  return [
    zipOf({ 'images.npy': bytes }),
    zipOf({ 'x_train.npy': bytes, 'x_test.npy': floats }),
    zipOf({ 'arr_0.npy': floats, 'extra.npy': bytes }, 0),
  ]
}

/** .npz archives. */
export const npz: Target = {
  seeds: archives,
  mutate: mutateZip(mutateNpy),
  errors: [ImagesError],
  async parse(input, { folder }) {
    const path = join(folder, 'fuzz.npz')
    writeFileSync(path, input)
    checkSets(await loadImages(path))
  },
}

/** A folder with gzipped IDX files of MNIST's names, of which the images' is mutated. */
export const idxGzip: Target = {
  seeds: () => [gzipSync(idxImages)],
  mutate: mutateGzip(mutateIdx),
  errors: [ImagesError],
  async parse(input, { folder }) {
    const set = join(folder, 'idx')
    mkdirSync(set, { recursive: true })
    writeFileSync(join(set, 'train-images-idx3-ubyte.gz'), input)
    writeFileSync(join(set, 'train-labels-idx1-ubyte.gz'), gzipSync(idxLabels))
    checkSets(await loadImages(set))
  },
}

/** A picture of noise and lines. */
const picture = (channels: 1 | 3) => ({
  width: 6,
  height: 6,
  channels,
  data: Uint8Array.from(
    { length: 36 * channels },
    (_, i) => digits.data[i % digits.data.length] ?? 0,
  ),
})

async function pictures(): Promise<Uint8Array[]> {
  const { default: sharp } = await import('sharp')
  const image = () => sharp(picture(3).data, { raw: { width: 6, height: 6, channels: 3 } })
  const made = [
    image().jpeg(),
    image().webp(),
    image().tiff(),
    image().gif(),
    image().png({ palette: true }),
    image().png({ progressive: true }),
    image().toColourspace('rgb16').png(),
  ].map((each) => each.toBuffer())
  return [encodePng(picture(1)), ...(await Promise.all(made)).map((file) => Uint8Array.from(file))]
}

/** Pictures as sharp reads them, all of one size afterwards. */
export const imageFile: Target = {
  seeds: pictures,
  mutate: (input, random, seeds) =>
    input[1] === 0x50 ? mutatePng(input, random, seeds) : mutateBytes(input, random, seeds),
  errors: [ImagesError],
  async parse(input, { folder }) {
    const path = join(folder, 'fuzz.png')
    writeFileSync(path, input)
    const pixels = await readImageFile(path, { shape: { channels: 3, height: 8, width: 8 } })
    ensure(pixels.length === 192, `${pixels.length} bytes of 192`)
  },
}
