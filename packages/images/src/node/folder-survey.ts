// What a folder of images holds: its files, their classes, and the shape that they are brought to.
import { join } from 'node:path'
import { ImagesError } from '../error.js'
import type { ValueRange } from '../arrays/value-range.js'
import type { ImageShape } from '../image-set.js'
import { deepRanges, mergeDeep, type DeepRanges, type DeepSurvey } from './deep-image.js'
import type { Spill } from './entries.js'
import type { FileList } from './file-list.js'
import { IMAGE_TYPES, imagesUnder, type Found, type Others } from './find-images.js'
import { readImageFacts, type ImageFacts } from './image-file.js'
import type { Fit, LoadProgress, Size } from './options.js'
import { joinNotes } from './notes.js'
import { inParallel } from './parallel.js'
import { chosenSize, Sizes, sizesNote, staysAsIs } from './sizes.js'
import { splitFoldersIn } from './split-folders.js'

/** What is asked of the images of a folder. */
export interface FolderOptions {
  readonly size?: Size | undefined
  readonly channels?: number | undefined
  readonly fit?: Fit | undefined
  readonly range?: ValueRange | undefined
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
  /** Which values of images beyond 8 bits are black and white. */
  readonly ranges: DeepRanges
  readonly note?: string
}

/** Files of which the headers are looked at in one go. */
const PIECE = 256

/**
 * Fills the lists with a folder's image files, in the order of their paths, and agrees on classes and
 * shape.
 *
 * @throws ImagesError naming the file that cannot be read, or what lies beside the splits
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
  const { notes, ...agreed } = await agree(folder, [train, test], options)
  const note = joinNotes([split?.note, ...notes])
  return { ...agreed, classNames, ...(note !== undefined && { note }) }
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

/** What image files are brought to, and read by. */
interface Agreement {
  readonly shape: ImageShape
  readonly ranges: DeepRanges
  readonly notes: readonly string[]
}

/**
 * What all images are brought to: what is asked for, else the size they have in common where no side is
 * beyond 256, else a square that suits them; and which values of images beyond 8 bits are black and white.
 */
async function agree(
  folder: string,
  lists: readonly FileList[],
  options: FolderOptions,
): Promise<Agreement> {
  const { size, channels, range } = options
  const isAsked = size !== undefined && channels !== undefined
  const found = await lookAt(lists, { isAsked, signal: options.signal })
  const { ranges, notes } = deepRanges(found.deep, range)
  const kept = staysAsIs(found.sizes) ? found.sizes.common : undefined
  const chosen = size ?? kept ?? chosenSize(found.sizes)
  const sized = size || kept ? undefined : sizesNote(folder, found.sizes, options)
  return {
    shape: { channels: channels ?? (found.colour ? 3 : 1), ...chosen },
    ranges,
    notes: [sized, animationNote(found), ...notes].filter((note) => note !== undefined),
  }
}

interface Looked {
  readonly sizes: Sizes
  readonly colour: boolean
  readonly deep: DeepSurvey
  readonly animated: { readonly first: string | undefined; readonly count: number }
}

/** Looks at the headers of all images; where the shape is asked for, of those alone that may hold surprises. */
async function lookAt(
  lists: readonly FileList[],
  { isAsked, signal }: { readonly isAsked: boolean; readonly signal: AbortSignal | undefined },
): Promise<Looked> {
  const sizes = new Sizes()
  let [colour, deep]: [boolean, DeepSurvey] = [false, {}]
  let animated: Looked['animated'] = { first: undefined, count: 0 }
  for await (const files of piecesOf(lists)) {
    const looked = isAsked ? files.filter(({ path }) => !PLAIN.test(path)) : files
    const facts: ImageFacts[] = []
    await inParallel(looked, signal, async ({ path }, i) => {
      facts[i] = await readImageFacts(path)
    })
    for (const [i, each] of facts.entries()) {
      sizes.add(each)
      colour ||= each.colour
      deep = mergeDeep(deep, each.deep)
      if (each.pages < 2) continue
      animated = { first: animated.first ?? looked[i]?.path, count: animated.count + 1 }
    }
  }
  return { sizes, colour, deep, animated }
}

/** Files that are of 8 bits and one picture, whatever they hold. */
const PLAIN = /\.jpe?g$/i

function animationNote({ animated: { first, count } }: Looked): string | undefined {
  if (first === undefined) return undefined
  const others = count > 1 ? `, as ${count - 1} more do` : ''
  return `${first}: holds several pictures${others}; the first of each is taken`
}
