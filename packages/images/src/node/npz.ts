// NumPy's .npz archives: the arrays of images and labels among those that are there.
import { imagesOfArrays, type ArrayOptions, type NamedArray } from '../arrays.js'
import { collectDeclared, npyDeclared } from '../packed/declared.js'
import { ImagesError } from '../error.js'
import { imageSet, type ImageSet } from '../image-set.js'
import { labelsOfArray } from '../arrays/labels.js'
import { decodeNpy } from '../npy.js'
import { readZip, unpackedPieces, type ZipEntry } from '../packed/zip.js'
import { joinNotes, type NotedSplit } from './notes.js'
import { completeParts } from './parts.js'

/** Names of arrays in an archive, the usual ones of Keras, MedMNIST and NumPy's own. */
const KEYS = {
  trainImages: ['x_train', 'train_images', 'train_x', 'X_train', 'train'],
  testImages: ['x_test', 'test_images', 'test_x', 'X_test', 'test'],
  images: ['images', 'data', 'x', 'X', 'arr_0'],
  trainLabels: ['y_train', 'train_labels', 'train_y'],
  testLabels: ['y_test', 'test_labels', 'test_y'],
  labels: ['labels', 'y', 'targets', 'arr_1'],
} as const

const KNOWN = new Set<string>(Object.values(KEYS).flat())
const IMAGES = [...KEYS.trainImages, ...KEYS.testImages, ...KEYS.images]

/** Names that a message gives of an archive with many. */
const MOST_NAMES = 8

/**
 * The sets of an archive. Labels that can't be classes are left out, and the note says why.
 *
 * @param path the archive's, for messages
 * @throws ImagesError naming the archive and the array
 */
export async function loadArchive(
  bytes: Uint8Array,
  path: string,
  options: ArrayOptions,
): Promise<NotedSplit> {
  const { entries, names } = readZip(bytes, path, (name) => KNOWN.has(keyOf(name)))
  const archive = { path, entries: new Map(entries.map((entry) => [keyOf(entry.name), entry])) }
  if (!IMAGES.some((key) => archive.entries.has(key))) throw noImages(path, names)
  const train =
    findPart(archive, KEYS.trainImages, KEYS.trainLabels) ??
    findPart(archive, KEYS.images, KEYS.labels)
  const test = findPart(archive, KEYS.testImages, KEYS.testLabels)
  const parts = [train, test].flatMap((part) => part ?? [])
  const arrays: NamedArray[] = []
  for (const { images } of parts) arrays.push(await readArray(images))
  const read = imagesOfArrays(arrays, options)
  const notes = read.map(({ note }) => note)
  const sets: ImageSet[] = []
  for (const [i, { images, labels }] of parts.entries()) {
    const { shape, data } = read[i] ?? { shape: undefined, data: new Uint8Array() }
    if (!shape) continue
    const set = imageSet({ name: images.where, shape, data })
    const labelled = labels ? await withLabels(set, labels) : { set }
    sets.push(labelled.set)
    notes.push(labelled.note)
  }
  const note = joinNotes(notes)
  const split = completeParts({ train: train && sets[0], test: test && sets.at(-1) }, path)
  return { ...split, ...(note !== undefined && { note }) }
}

interface Archive {
  readonly path: string
  /** By their keys, without `.npy`. */
  readonly entries: ReadonlyMap<string, ZipEntry>
}

/** An array that is not unpacked yet. */
interface PackedArray {
  readonly where: string
  readonly entry: ZipEntry
}

interface Part {
  readonly images: PackedArray
  readonly labels: PackedArray | undefined
}

function findPart(
  archive: Archive,
  imageKeys: readonly string[],
  labelKeys: readonly string[],
): Part | undefined {
  const images = find(archive, imageKeys)
  return images && { images, labels: find(archive, labelKeys) }
}

function find({ path, entries }: Archive, keys: readonly string[]): PackedArray | undefined {
  const key = keys.find((each) => entries.has(each))
  const entry = key === undefined ? undefined : entries.get(key)
  return entry && { where: `${path} (${key})`, entry }
}

async function readArray({ where, entry }: PackedArray): Promise<NamedArray> {
  const declared = npyDeclared(where, entry.stored.length)
  const bytes = await collectDeclared(unpackedPieces(entry, where), declared)
  return { array: decodeNpy(bytes, where), where }
}

/** A set with its labels, or without, and why. */
async function withLabels(
  set: ImageSet,
  packed: PackedArray,
): Promise<{ set: ImageSet; note?: string }> {
  try {
    const { array, where } = await readArray(packed)
    const labels = labelsOfArray(array, where)
    if (labels.length !== set.count) {
      throw new ImagesError(
        `${where}: not one label per image, got ${labels.length} labels, expected ${set.count}`,
      )
    }
    return { set: imageSet({ ...set, labels }) }
  } catch (cause) {
    if (!(cause instanceof ImagesError)) throw cause
    return { set, note: `${cause.message}; labels are left out` }
  }
}

function keyOf(name: string): string {
  return name.replace(/\.npy$/, '')
}

function noImages(path: string, names: readonly string[]): ImagesError {
  const some = names.slice(0, MOST_NAMES).map(keyOf).join(', ')
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  const wanted = 'x_train and x_test, train_images and test_images, images, data or arr_0'
  return new ImagesError(
    `${path}: no array of images, got ${some || 'nothing'}${more}, expected ${wanted}`,
  )
}
