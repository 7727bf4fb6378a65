// Folders of image files, with sub-folders as classes.
import { basename, join } from 'node:path'
import { ImagesError } from '../error.js'
import { imageSet, imageSize, type ImageSet, type ImageShape } from '../image-set.js'
import type { Split } from '../split.js'
import { IMAGE_TYPES, imagesUnder, type Findings, type Found } from './find-images.js'
import { readImageFacts, readImageFile, type ImageFacts } from './image-file.js'
import type { Fit, LoadProgress, Size } from './options.js'
import { completeParts } from './parts.js'
import { splitFoldersIn } from './split-folders.js'

/** What is asked of the images of a folder. */
export interface FolderOptions {
  readonly size?: Size | undefined
  readonly channels?: number | undefined
  readonly fit?: Fit | undefined
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** A source's two parts, with what the user should be told about them, if anything. */
export interface NotedSplit extends Split {
  readonly note?: string
}

/**
 * The sets of a folder of images, in the order of their paths. Images in sub-folders are labelled
 * with them, in sorted order; where they are splits (`splitFoldersIn`), each of those is such a folder
 * and there may be no other beside them. Without a size all images must be of one; without channels they are grey if all are.
 *
 * @throws ImagesError naming the file that cannot be read, two files of different sizes, or what lies
 * beside the splits
 */
export async function loadImageFolder(
  folder: string,
  options: FolderOptions = {},
): Promise<NotedSplit> {
  const split = await splitFoldersIn(folder)
  const findings = await imagesUnder(split ? join(folder, split.train) : folder)
  const train = findings.images
  const test = split ? (await imagesUnder(join(folder, split.test))).images : []
  const all = [...train, ...test]
  if (all.length === 0) throw noImages(folder, findings)
  const classNames = classesOf(all)
  const shape = await agreeOnShape(all, options)
  const toSet = readerOf(folder, { ...options, shape, classNames, total: all.length })
  const parts = { train: await toSet(train, 'train'), test: await toSet(test, 'test') }
  return { ...completeParts(parts, folder), ...(split?.note !== undefined && { note: split.note }) }
}

function noImages(folder: string, { others }: Findings): ImagesError {
  const found = [...others].slice(0, 8).map(([ending, count]) => `${count} ${ending}`)
  const wrong = found.length === 0 ? 'empty, got no files' : `no images, got ${found.join(', ')}`
  return new ImagesError(
    `${folder}: ${wrong}, expected images of type ${IMAGE_TYPES}, or MNIST's IDX files`,
  )
}

/** The classes in sorted order, or none where no image has one. */
function classesOf(files: readonly Found[]): string[] | undefined {
  const labelled = files.find(({ className }) => className !== undefined)
  const loose = files.find(({ className }) => className === undefined)
  if (labelled && loose) {
    throw new ImagesError(
      `${loose.path}: beside sub-folders, got an image without a class, expected all in sub-folders (as ${labelled.path}) or none`,
    )
  }
  return labelled && [...new Set(files.map(({ className = '' }) => className))].sort()
}

/** The shape that all images are brought to: what is asked for, else what they have in common. */
async function agreeOnShape(
  files: readonly Found[],
  { size, channels, signal }: FolderOptions,
): Promise<ImageShape> {
  if (size && channels !== undefined) return { ...size, channels }
  const facts: ImageFacts[] = []
  await inParallel(files, signal, async ({ path }, i) => {
    facts[i] = await readImageFacts(path)
  })
  const { height, width } = size ?? commonSize(files, facts)
  return { channels: channels ?? (facts.some(({ colour }) => colour) ? 3 : 1), height, width }
}

function commonSize(files: readonly Found[], facts: readonly ImageFacts[]): Size {
  const common = facts[0] ?? { height: 1, width: 1 }
  const odd = facts.findIndex(
    ({ height, width }) => height !== common.height || width !== common.width,
  )
  if (odd < 0) return common
  const [got, expected] = [sizeOf(facts[odd] ?? common), sizeOf(common)]
  throw new ImagesError(
    `${files[odd]?.path}: another size than ${files[0]?.path}, got ${got}, expected ${expected} (height x width) as there, or a size that all are brought to, such as --size ${expected}`,
  )
}

function sizeOf({ height, width }: Size): string {
  return `${height}x${width}`
}

interface Reading extends FolderOptions {
  readonly shape: ImageShape
  readonly classNames: readonly string[] | undefined
  readonly total: number
}

/** Reads parts of a folder into sets, with one progress for all. */
function readerOf(folder: string, reading: Reading) {
  const { shape, fit, classNames, total, signal, onProgress } = reading
  let done = 0
  return async (files: readonly Found[], part: string): Promise<ImageSet | undefined> => {
    if (files.length === 0) return undefined
    const size = imageSize(shape)
    const data = new Uint8Array(files.length * size)
    await inParallel(files, signal, async ({ path }, i) => {
      data.set(await readImageFile(path, { shape, fit }), i * size)
      onProgress?.({ phase: 'read', name: folder, done: ++done, total, unit: 'images' })
    })
    const labels = classNames && labelsOf(files, classNames)
    return imageSet({ name: `${basename(folder)} (${part})`, shape, data, labels, classNames })
  }
}

function labelsOf(files: readonly Found[], classNames: readonly string[]): Uint16Array {
  const places = new Map(classNames.map((name, place) => [name, place]))
  return Uint16Array.from(files, ({ className = '' }) => places.get(className) ?? 0)
}

const AT_ONCE = 8

/** Works through items in order, a few at a time; the first failure ends it. */
async function inParallel<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed = false
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length && !failed; i = next++) {
      signal?.throwIfAborted()
      const item = items[i]
      if (item !== undefined) await work(item, i)
    }
  }
  const guarded = (): Promise<void> =>
    worker().catch((error: unknown) => {
      failed = true
      throw error
    })
  await Promise.all(Array.from({ length: AT_ONCE }, guarded))
}
