// NumPy files: one array (.npy) or several in a zip archive (.npz).
import { unzipSync } from 'fflate'
import { imagesOfArray, labelsOfArray, type FlatShape } from '../arrays.js'
import { ImagesError } from '../error.js'
import { imageSet, type ImageSet } from '../image-set.js'
import { decodeNpy, isNpy, type NpyArray } from '../npy.js'
import { holdOutSource, type Split } from '../split.js'
import { messageOf, readBytes } from './bytes.js'
import { byteNpyHeader, npySource, type NpyStreamOptions } from './npy-stream.js'
import { completeParts, partsInMemory, type OpenSplit } from './parts.js'
import { isPlainFile, openFile } from './pixel-file.js'

/** Names of arrays in an archive, the usual ones of Keras, MedMNIST and NumPy's own. */
const KEYS = {
  trainImages: ['x_train', 'train_images', 'train_x', 'X_train', 'train'],
  testImages: ['x_test', 'test_images', 'test_x', 'X_test', 'test'],
  images: ['images', 'data', 'x', 'X', 'arr_0'],
  trainLabels: ['y_train', 'train_labels', 'train_y'],
  testLabels: ['y_test', 'test_labels', 'test_y'],
  labels: ['labels', 'y', 'targets', 'arr_1'],
} as const

/**
 * The sets of a .npy or .npz file, told apart by their first bytes.
 *
 * @param flat what images of a two-dimensional array look like
 * @throws ImagesError naming the file, and the array in an archive
 */
export async function loadArrayFile(path: string, flat: FlatShape): Promise<Split> {
  const read = await loadByteArray(path, flat)
  if (read) return read
  const bytes = await readBytes(path)
  if (isNpy(bytes)) {
    return completeParts({ train: toSet(path, { images: decodeNpy(bytes, path), flat }) }, path)
  }
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    throw new ImagesError(
      `${path}: no array file, got other first bytes, expected a .npy or .npz file`,
    )
  }
  return loadArchive(unzip(bytes, path), path, flat)
}

/** A .npy file of bytes goes into memory once, and each part to its own place. */
async function loadByteArray(path: string, flat: FlatShape): Promise<Split | undefined> {
  if (!(await isPlainFile(path))) return undefined
  const file = await openFile(path)
  try {
    const header = await byteNpyHeader(file)
    if (!header) return undefined
    return await partsInMemory(holdOutSource(await npySource(file, header, { flat })))
  } finally {
    await file.handle.close()
  }
}

/**
 * As `loadArrayFile`, the images read when they are asked for: of a .npy file of bytes alone.
 *
 * @throws ImagesError where the file is another one, with what can be done
 */
export async function streamArrayFile(path: string, options: NpyStreamOptions): Promise<OpenSplit> {
  if (!(await isPlainFile(path))) {
    throw new ImagesError(
      `${path}: not readable piece by piece, got a pipe or device, expected a file, or all of it in memory (without --stream)`,
    )
  }
  const file = await openFile(path)
  try {
    const header = await byteNpyHeader(file)
    if (!header) {
      throw new ImagesError(
        `${path}: not readable piece by piece, got another file or type of values, expected a .npy file of type uint8 (np.save of the array with .astype(np.uint8)), or all of it in memory (without --stream)`,
      )
    }
    const images = await npySource(file, header, options)
    return { ...holdOutSource(images), close: () => file.handle.close() }
  } catch (error) {
    await file.handle.close()
    throw error
  }
}

function unzip(bytes: Uint8Array, path: string): Map<string, Uint8Array> {
  const known = new Set<string>(Object.values(KEYS).flat())
  const names: string[] = []
  try {
    const filter = ({ name }: { name: string }): boolean => {
      names.push(keyOf(name))
      return known.has(keyOf(name))
    }
    const found = Object.entries(unzipSync(bytes, { filter }))
    const arrays = new Map(found.map(([name, content]) => [keyOf(name), content]))
    if (![...KEYS.trainImages, ...KEYS.testImages, ...KEYS.images].some((key) => arrays.has(key))) {
      const wanted = 'x_train and x_test, train_images and test_images, images, data or arr_0'
      throw new ImagesError(
        `${path}: no array of images, got ${names.join(', ') || 'nothing'}, expected ${wanted}`,
      )
    }
    return arrays
  } catch (cause) {
    if (cause instanceof ImagesError) throw cause
    const reason = messageOf(cause)
    throw new ImagesError(`${path}: damaged, got ${reason}, expected a .npz file`, { cause })
  }
}

function keyOf(name: string): string {
  return name.replace(/\.npy$/, '')
}

function loadArchive(arrays: Map<string, Uint8Array>, path: string, flat: FlatShape): Split {
  const find = (keys: readonly string[]): { array: NpyArray; name: string } | undefined => {
    const key = keys.find((each) => arrays.has(each))
    const bytes = key === undefined ? undefined : arrays.get(key)
    if (key === undefined || !bytes) return undefined
    const name = `${path} (${key})`
    return { array: decodeNpy(bytes, name), name }
  }
  const part = (imageKeys: readonly string[], labelKeys: readonly string[]) => {
    const images = find(imageKeys)
    if (!images) return undefined
    const labels = find(labelKeys)
    const named = labels && { array: labels.array, name: labels.name }
    return toSet(images.name, { images: images.array, labels: named, flat })
  }
  const train = part(KEYS.trainImages, KEYS.trainLabels) ?? part(KEYS.images, KEYS.labels)
  return completeParts({ train, test: part(KEYS.testImages, KEYS.testLabels) }, path)
}

interface Arrays {
  readonly images: NpyArray
  readonly labels?: { readonly array: NpyArray; readonly name: string } | undefined
  readonly flat: FlatShape
}

function toSet(name: string, { images, labels, flat }: Arrays): ImageSet {
  const { shape, data } = imagesOfArray(images, name, flat)
  return imageSet({ name, shape, data, labels: labels && labelsOfArray(labels.array, labels.name) })
}
