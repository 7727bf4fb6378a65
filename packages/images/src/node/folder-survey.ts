// What a folder of images holds: its files, their classes, and the shape that they are brought to.
import { join } from 'node:path'
import { ImagesError } from '../error.js'
import type { ImageShape } from '../image-set.js'
import type { Spill } from './entries.js'
import type { FileList } from './file-list.js'
import { IMAGE_TYPES, imagesUnder, type Found, type Others } from './find-images.js'
import { readImageFacts, type ImageFacts } from './image-file.js'
import type { Fit, LoadProgress, Size } from './options.js'
import { inParallel } from './parallel.js'
import { splitFoldersIn } from './split-folders.js'

/** What is asked of the images of a folder. */
export interface FolderOptions {
  readonly size?: Size | undefined
  readonly channels?: number | undefined
  readonly fit?: Fit | undefined
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The files of a folder's two parts; those to test on may be none. */
export interface FolderLists {
  readonly train: FileList
  readonly test: FileList
}

/** What the lists do not say. */
export interface Survey {
  readonly shape: ImageShape
  /** In sorted order; none where no image has one. */
  readonly classNames: readonly string[] | undefined
  readonly note?: string
}

/** Files of which the headers are looked at in one go. */
const PIECE = 256

/**
 * Fills the lists with a folder's image files, in the order of their paths, and agrees on classes and
 * shape.
 *
 * @throws ImagesError naming the file that cannot be read, two files of different sizes, or what lies
 * beside the splits
 */
export async function surveyFolder(
  folder: string,
  { train, test }: FolderLists,
  options: FolderOptions & { readonly spill?: Spill },
): Promise<Survey> {
  const split = await splitFoldersIn(folder)
  const others = await imagesUnder(split ? join(folder, split.train) : folder, train, options.spill)
  if (split) await imagesUnder(join(folder, split.test), test, options.spill)
  if (train.count + test.count === 0) throw noImages(folder, others)
  const classNames = await classesOf([train, test])
  const shape = await agreeOnShape([train, test], options)
  return { shape, classNames, ...(split?.note !== undefined && { note: split.note }) }
}

function noImages(folder: string, others: Others): ImagesError {
  const found = [...others].slice(0, 8).map(([ending, count]) => `${count} ${ending}`)
  const wrong = found.length === 0 ? 'empty, got no files' : `no images, got ${found.join(', ')}`
  return new ImagesError(
    `${folder}: ${wrong}, expected images of type ${IMAGE_TYPES}, or MNIST's IDX files`,
  )
}

async function* piecesOf(lists: readonly FileList[]): AsyncGenerator<readonly Found[]> {
  for (const list of lists) yield* list.pieces(PIECE)
}

/** The classes in sorted order, or none where no image has one. */
async function classesOf(lists: readonly FileList[]): Promise<string[] | undefined> {
  const names = new Set<string>()
  let labelled: Found | undefined
  let loose: Found | undefined
  for await (const files of piecesOf(lists)) {
    for (const file of files) {
      if (file.className === undefined) loose ??= file
      else {
        labelled ??= file
        names.add(file.className)
      }
    }
  }
  if (labelled && loose) {
    throw new ImagesError(
      `${loose.path}: beside sub-folders, got an image without a class, expected all in sub-folders (as ${labelled.path}) or none`,
    )
  }
  return labelled && [...names].sort()
}

/** The shape that all images are brought to: what is asked for, else what they have in common. */
async function agreeOnShape(
  lists: readonly FileList[],
  { size, channels, signal }: FolderOptions,
): Promise<ImageShape> {
  if (size && channels !== undefined) return { ...size, channels }
  let first: SizedFile | undefined
  let colour = false
  for await (const files of piecesOf(lists)) {
    const facts: ImageFacts[] = []
    await inParallel(files, signal, async ({ path }, i) => {
      facts[i] = await readImageFacts(path)
    })
    colour ||= facts.some((each) => each.colour)
    const sized = files.flatMap(({ path }, i) => (facts[i] ? [{ path, size: facts[i] }] : []))
    first ??= sized[0]
    if (!size && first) checkAlike(first, sized)
  }
  const { height, width } = size ?? first?.size ?? { height: 1, width: 1 }
  return { channels: channels ?? (colour ? 3 : 1), height, width }
}

interface SizedFile {
  readonly path: string
  readonly size: Size
}

function checkAlike(first: SizedFile, files: readonly SizedFile[]): void {
  const expected = sizeOf(first.size)
  const odd = files.find(({ size }) => sizeOf(size) !== expected)
  if (!odd) return
  throw new ImagesError(
    `${odd.path}: another size than ${first.path}, got ${sizeOf(odd.size)}, expected ${expected} (height x width) as there, or a size that all are brought to, such as --size ${expected}`,
  )
}

function sizeOf({ height, width }: Size): string {
  return `${height}x${width}`
}
