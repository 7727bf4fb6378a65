// Opens the bundle that a command names and feeds it: images from a source or from files.
import {
  describeShape,
  imageSet,
  selectImages,
  type ImageSet,
  type ImageShape,
} from '@anyvae/images'
import { readImageFile } from '@anyvae/images/node'
import { loadVae, type Vae } from '@anyvae/runtime-node'
import { sessionOptions, type SessionFlags } from './command.js'
import { CliError, refuseUsage } from './error.js'
import { untilStopped, type Io } from './io.js'
import { checkBundleLocation } from './location.js'
import { precisionOf, type PrecisionFlags } from './precision.js'
import { loadSource, readingOptions, type ReadingFlags } from './source.js'

/** Opens a bundle and releases it when its use has ended, well or not; a signal ends the waiting. */
export async function withVae<T>(
  location: string,
  { flags, io }: { readonly flags: SessionFlags & PrecisionFlags; readonly io: Io },
  use: (vae: Vae) => Promise<T>,
): Promise<T> {
  await checkBundleLocation(location)
  const vae = await untilStopped(
    io.signal,
    loadVae(location, { ...sessionOptions(flags), precision: precisionOf(flags), lazy: true }),
  )
  try {
    return await untilStopped(io.signal, use(vae))
  } finally {
    const released = vae.release()
    // Stopped, it would wait for what still runs.
    if (!io.signal.aborted) await released
  }
}

/** Which images: of a source, or files. */
export interface InputFlags extends ReadingFlags {
  readonly data?: string
  readonly split?: 'train' | 'test'
  /** At most so many, from the first. */
  readonly limit?: number
}

/** Images as a bundle takes them, with a name for each. */
export interface Inputs {
  readonly set: ImageSet
  /** A file's path, or the image's place in its split. */
  readonly names: readonly string[]
}

/** The images that flags name, of the bundle's shape. Throws CliError where they are of another. */
export async function loadInputs(
  files: readonly string[],
  flags: InputFlags,
  { shape, io }: { readonly shape: ImageShape; readonly io: Io },
): Promise<Inputs> {
  if ((flags.data === undefined) === (files.length === 0)) {
    refuseUsage(
      flags.data === undefined
        ? 'images: none, expected image files or --data <source>'
        : 'images: both files and --data, expected one of them',
    )
  }
  if (flags.data === undefined) {
    return { set: await readFiles(files, { ...flags, shape }), names: files }
  }
  const set = await loadSplit(flags.data, flags, { shape, io })
  return { set, names: Array.from({ length: set.count }, (_, i) => String(i)) }
}

/** A split of a source, of the bundle's shape. */
export async function loadSplit(
  source: string,
  { split = 'test', limit, ...reading }: InputFlags,
  { shape, io }: { readonly shape: ImageShape; readonly io: Io },
): Promise<ImageSet> {
  const { [split]: set } = await loadSource(source, { ...reading, shape, io })
  const [got, expected] = [set.shape, shape].map(describeShape)
  if (got !== expected) {
    throw new CliError(
      `${source}: images of another shape than the bundle's, got ${got}, expected ${expected}`,
    )
  }
  if (limit === undefined || limit >= set.count) return set
  return selectImages(
    set,
    Array.from({ length: limit }, (_, i) => i),
  )
}

/** Image files, resized and converted to a shape. */
export async function readFiles(
  files: readonly string[],
  { shape, ...flags }: ReadingFlags & { readonly shape: ImageShape },
): Promise<ImageSet> {
  const { fit, range } = readingOptions(flags)
  const options = { shape, fit, range }
  const images = await Promise.all(files.map((file) => readImageFile(file, options)))
  const size = shape.channels * shape.height * shape.width
  const data = new Uint8Array(files.length * size)
  images.forEach((image, i) => data.set(image, i * size))
  return imageSet({ name: 'image files', shape, data })
}
