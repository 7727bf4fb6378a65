// NumPy files: one array (.npy) or several in a zip archive (.npz).
import { imagesOfArray, type ArrayOptions } from '../arrays.js'
import { ImagesError } from '../error.js'
import { imageSet } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import { decodeNpy } from '../npy.js'
import { isNpy } from '../npy/header.js'
import { holdOutSource } from '../split.js'
import { isZip } from '../packed/zip.js'
import {
  arraySources,
  byteNpy,
  isStreamable,
  type ArraySources,
  type StreamArrayOptions,
} from './byte-array.js'
import { readBytes } from './bytes.js'
import type { NotedSplit } from './notes.js'
import { loadArchive } from './npz.js'
import { completeParts, partsInMemory, type OpenSplit } from './parts.js'
import { openFile } from './regular-file.js'

/**
 * The sets of a .npy or .npz file, told apart by their first bytes.
 *
 * @throws ImagesError naming the file, and the array in an archive
 */
export async function loadArrayFile(path: string, options: ArrayOptions): Promise<NotedSplit> {
  const read = await loadByteArray(path, options)
  if (read) return read
  const bytes = await readBytes(path)
  if (isNpy(bytes)) {
    const { shape, data, ...noted } = imagesOfArray(decodeNpy(bytes, path), path, options)
    return { ...completeParts({ train: imageSet({ name: path, shape, data }) }, path), ...noted }
  }
  if (isZip(bytes)) return loadArchive(bytes, path, options)
  throw new ImagesError(
    `${path}: no array file, got other first bytes, expected a .npy or .npz file`,
  )
}

/** A .npy file of bytes goes into memory once, and each part to its own place. */
async function loadByteArray(path: string, options: ArrayOptions): Promise<NotedSplit | undefined> {
  const file = await openFile(path)
  try {
    const array = await byteNpy(file)
    if (!array || !isStreamable(array, options)) return undefined
    const { split, ...noted } = heldOut(await arraySources([array], options), path)
    return { ...(await partsInMemory(split)), ...noted }
  } finally {
    await file.handle.close()
  }
}

/**
 * As `loadArrayFile`, the images read when they are asked for: of a .npy file of bytes alone.
 *
 * @throws ImagesError where the file is another one, with what can be done
 */
export async function streamArrayFile(
  path: string,
  options: StreamArrayOptions,
): Promise<NotedSplit<ImageSource> & OpenSplit> {
  const file = await openFile(path)
  try {
    const array = await byteNpy(file)
    if (!array) {
      throw new ImagesError(
        `${path}: not readable piece by piece, got another file or type of values, expected a .npy file of type uint8 (np.save of the array with .astype(np.uint8)), or all of it in memory (without --stream)`,
      )
    }
    const { split, ...noted } = heldOut(await arraySources([array], options), path)
    return { ...split, ...noted, close: () => file.handle.close() }
  } catch (error) {
    await file.handle.close()
    throw error
  }
}

function heldOut({ sources: [images], ...noted }: ArraySources, path: string) {
  if (!images) throw new ImagesError(`${path}: empty, got no array, expected images`)
  return { split: holdOutSource(images), ...noted }
}
