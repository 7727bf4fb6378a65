// Folders of image files, with sub-folders as classes.
import { basename } from 'node:path'
import { imageSet, imageSize, type ImageSet } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import { heldOut } from '../split.js'
import { memoryList, scratchList, someOf, type FileList } from './file-list.js'
import { surveyFolder, type FolderLists, type FolderOptions, type Survey } from './folder-survey.js'
import { readImageFile } from './image-file.js'
import type { NotedSplit } from './notes.js'
import { inParallel } from './parallel.js'
import { completeParts, completeSources, type OpenSplit } from './parts.js'
import { pixelFile } from './pixel-file.js'
import { openScratch, type Scratch } from './scratch.js'

/**
 * The sets of a folder of images, in the order of their paths. Images in sub-folders are labelled
 * with them, in sorted order; where they are splits (`splitFoldersIn`), each of those is such a folder
 * and there may be no other beside them. Images of several sizes are brought to the one that is asked for,
 * or else to the square of `chosenSize`; without channels they are grey if all are.
 *
 * @throws ImagesError naming the file that cannot be read, or what lies beside the splits
 */
export async function loadImageFolder(
  folder: string,
  options: FolderOptions = {},
): Promise<NotedSplit> {
  const lists = { train: memoryList(), test: memoryList() }
  const survey = await surveyFolder(folder, lists, options)
  const { train, test } = partsOf(folder, lists)
  const reading = { ...options, ...survey, folder, total: lists.train.count + lists.test.count }
  const parts = {
    train: await readIntoMemory(train, { ...reading, before: 0 }),
    test: await readIntoMemory(test, { ...reading, before: train.count }),
  }
  return { ...completeParts(parts, folder), ...noteOf(survey) }
}

/** Files that become a set of this name. */
interface Part extends Pick<FileList, 'count' | 'pieces'> {
  readonly name: string
}

/**
 * The two parts as they will lie in memory: what is held out is parted before it is read, since
 * afterwards that would take the memory of all images once more.
 */
function partsOf(folder: string, { train, test }: FolderLists): { train: Part; test: Part } {
  const name = nameOf(folder, 'train')
  if (test.count > 0 || train.count < 2) {
    return { train: named(train, name), test: named(test, nameOf(folder, 'test')) }
  }
  const held = heldOut(train.count, name)
  const kept = someOf(train, train.count - held.count, (index) => !held.has(index))
  return { train: named(kept, name), test: named(someOf(train, held.count, held.has), held.name) }
}

function named({ count, pieces }: Pick<FileList, 'count' | 'pieces'>, name: string): Part {
  return { name, count, pieces }
}

/** Entries of one folder that are sorted in memory. */
const MOST_ENTRIES = 20_000

/**
 * As `loadImageFolder`, in memory that does not grow with the number of images: their list and their
 * pixels, decoded once, lie in scratch files in the cache folder. That takes as much room as the images
 * have pixels and channels.
 *
 * @throws ImagesError as there, and where there is no room
 */
export async function streamImageFolder(
  folder: string,
  options: FolderOptions & { readonly cacheDir?: string | undefined },
): Promise<NotedSplit<ImageSource> & OpenSplit> {
  const { cacheDir } = options
  const what = `the list of ${folder}`
  const lists = {
    train: await scratchList({ cacheDir, what }),
    test: await scratchList({ cacheDir, what }),
  }
  try {
    const spill = { cacheDir, most: MOST_ENTRIES }
    const survey = await surveyFolder(folder, lists, { ...options, spill })
    const { sources, scratch } = await readIntoScratch(folder, { ...options, ...lists, survey })
    const parts = completeSources(sources, folder)
    return { ...parts, ...noteOf(survey), close: () => scratch.close() }
  } finally {
    await lists.train.close()
    await lists.test.close()
  }
}

function noteOf({ note }: Survey): { note?: string } {
  return note === undefined ? {} : { note }
}

interface Reading extends FolderOptions, Survey {
  readonly folder: string
  /** Images that were read before these, and images in all. */
  readonly before: number
  readonly total: number
}

/** Images that are decoded between two writes, at most, and their bytes. */
const PIECE = 1024
const PIECE_BYTES = 2 ** 24

/** Reads a list's images in order, some at a time into the memory that `room` gives for them. */
async function readPieces(
  list: Pick<FileList, 'pieces'>,
  { shape, fit, ranges, folder, before, total, signal, onProgress }: Reading,
  { room, onPiece }: Sink,
): Promise<void> {
  const size = imageSize(shape)
  let [done, first] = [before, 0]
  const most = Math.min(PIECE, Math.max(1, Math.floor(PIECE_BYTES / size)))
  for await (const files of list.pieces(most)) {
    const pixels = room(first, files.length * size)
    await inParallel(files, signal, async ({ path }, i) => {
      pixels.set(await readImageFile(path, { shape, fit, ranges }), i * size)
      onProgress?.({ phase: 'read', name: folder, done: ++done, total, unit: 'images' })
    })
    await onPiece(
      pixels,
      files.map(({ className = '' }) => className),
      first,
    )
    first += files.length
  }
}

interface Sink {
  /** Where a piece's pixels go, of which `first` is the number of the first image. */
  readonly room: (first: number, bytes: number) => Uint8Array
  readonly onPiece: (
    pixels: Uint8Array,
    classes: readonly string[],
    first: number,
  ) => Promise<void> | void
}

async function readIntoMemory(list: Part, reading: Reading): Promise<ImageSet | undefined> {
  if (list.count === 0) return undefined
  const { shape, classNames } = reading
  const size = imageSize(shape)
  const data = new Uint8Array(list.count * size)
  const labels = classNames && new Uint16Array(list.count)
  const places = new Map(classNames?.map((name, place) => [name, place]))
  await readPieces(list, reading, {
    room: (first, bytes) => data.subarray(first * size, first * size + bytes),
    onPiece: (_, classes, first) =>
      labels?.set(
        classes.map((name) => places.get(name) ?? 0),
        first,
      ),
  })
  return imageSet({ name: list.name, shape, data, labels, classNames })
}

function nameOf(folder: string, part: string): string {
  return `${basename(folder)} (${part})`
}

interface Packing extends FolderOptions {
  readonly train: FileList
  readonly test: FileList
  readonly survey: Survey
  readonly cacheDir?: string | undefined
}

async function readIntoScratch(folder: string, packing: Packing) {
  const { train, test, survey, cacheDir } = packing
  const size = imageSize(survey.shape)
  const total = train.count + test.count
  const what = `the pixels of ${total} images`
  const scratch = await openScratch({ cacheDir, what, bytes: total * size })
  try {
    const reading = { ...packing, ...survey, folder, total }
    await pack(scratch, train, { ...reading, before: 0 })
    await pack(scratch, test, { ...reading, before: train.count })
    const source = (part: 'train' | 'test', start: number, { count }: FileList) =>
      count === 0
        ? undefined
        : pixelFile(scratch, { name: nameOf(folder, part), shape: survey.shape, count, start })
    const sources = {
      train: await source('train', 0, train),
      test: await source('test', train.count * size, test),
    }
    return { sources, scratch }
  } catch (error) {
    await scratch.close()
    throw error
  }
}

async function pack(scratch: Scratch, list: FileList, reading: Reading): Promise<void> {
  let memory = new Uint8Array()
  await readPieces(list, reading, {
    room: (_, bytes) => {
      if (memory.length < bytes) memory = new Uint8Array(bytes)
      return memory.subarray(0, bytes)
    },
    onPiece: (pixels) => scratch.append(pixels),
  })
}
