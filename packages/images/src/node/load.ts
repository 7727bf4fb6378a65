// Images of any source, named by one string.
import { stat } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { ImagesError } from '../error.js'
import { drawGlyphs, type GlyphsOptions } from '../glyphs.js'
import { describeShape, imageSize, type ImageSet } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import type { Split } from '../split.js'
import { loadArrayFile, streamArrayFile } from './array-file.js'
import { isErrno, messageOf } from './bytes.js'
import { datasets, downloadDataset, isDatasetName } from './datasets.js'
import { namesIn } from './entries.js'
import { isIdxName, loadIdxFolder, streamIdxFolder } from './idx-folder.js'
import { loadImageFolder, streamImageFolder } from './image-folder.js'
import type { NotedSplit } from './notes.js'
import type { LoadOptions, Size } from './options.js'
import type { OpenSplit } from './parts.js'

/** The two sets of a source; which one it was stands beside them, and what there is to note. */
export interface LoadedImages extends NotedSplit {
  readonly source: string
}

const SOURCES =
  'glyphs, glyphs:<count>, mnist, fashion-mnist, a folder of IDX files or of images, or a .npy or .npz file'
const DEFAULT_GLYPHS = 20_000

/**
 * Loads a source's training and test images:
 *
 * - `glyphs`, `glyphs:<count>`: drawn digits, so many (20,000) to train on and a tenth more to test
 * - `mnist`, `fashion-mnist`: downloaded once into the cache folder
 * - a folder of IDX files under MNIST's names, gzipped or not
 * - a folder of image files, sub-folders being their labels, or splits: `train` beside `test` or `val`
 *   (with `test` there, `val` is not used, and `note` says so)
 * - a .npy or .npz file
 *
 * Where a source has no test images, a tenth is held out (`holdOutTest`); where it has nothing else,
 * the training set is empty. A name of this list comes before a folder of that name (`./mnist`).
 *
 * @throws ImagesError in one line: what is wrong where, what was got and what expected; the signal's
 * reason where it is aborted
 */
export async function loadImages(source: string, options: LoadOptions = {}): Promise<LoadedImages> {
  const asked = askedOf(options)
  const split = await loadSplit(source, asked)
  checkAsked(source, split.test, asked)
  return { ...split, source }
}

/** The two sources of a source of images, by its name; its files stay open until it is closed. */
export interface StreamedImages extends NotedSplit<ImageSource>, OpenSplit {
  readonly source: string
}

/**
 * As `loadImages`, in memory that does not grow with the number of images: they are read when they are
 * asked for, from .npy files of bytes and IDX files where they lie, from folders of images and gzipped
 * IDX files through a scratch file in the cache folder, which has no name and so leaves nothing behind.
 * Names, counts, order and pixels are those that `loadImages` gives; labels are left out.
 *
 * @throws ImagesError as there, and for what cannot be read piece by piece, with what can be done
 */
export async function streamImages(
  source: string,
  options: LoadOptions = {},
): Promise<StreamedImages> {
  const asked = askedOf(options)
  const split = await streamSplit(source, asked)
  try {
    checkAsked(source, split.test, asked)
  } catch (error) {
    await split.close()
    throw error
  }
  return { ...split, source }
}

async function streamSplit(
  source: string,
  options: Asked,
): Promise<NotedSplit<ImageSource> & OpenSplit> {
  if (/^glyphs(:|$)/.test(source)) {
    throw new ImagesError(
      `${source}: not read but drawn, got --stream, expected files, or all of them in memory (without --stream)`,
    )
  }
  const folder = isDatasetName(source) ? await downloadDataset(source, options) : source
  if (!(await isFolderAt(folder))) {
    return streamArrayFile(folder, options)
  }
  const names = await namesIn(folder, isIdxName)
  const isIdx = names.length > 0
  return isIdx ? streamIdxFolder(folder, names, options) : streamImageFolder(folder, options)
}

/** The options, with a number's square spelt out. */
type Asked = Omit<LoadOptions, 'size'> & { readonly size: Size | undefined }

function askedOf(options: LoadOptions): Asked {
  const size = typeof options.size === 'number' ? square(options.size) : options.size
  if (size) imageSize({ channels: 1, ...size })
  options.signal?.throwIfAborted()
  return { ...options, size }
}

async function loadSplit(source: string, options: Asked): Promise<NotedSplit> {
  if (/^glyphs(:|$)/.test(source)) return loadGlyphs(source, options)
  if (isDatasetName(source)) {
    const folder = await downloadDataset(source, options)
    const { classNames } = datasets[source]
    return loadIdxFolder(folder, await namesIn(folder, isIdxName), { classNames })
  }
  const isFolder = await isFolderAt(source)
  if (!isFolder) return loadArrayFile(source, options)
  const names = await namesIn(source, isIdxName)
  return names.length > 0 ? loadIdxFolder(source, names, options) : loadImageFolder(source, options)
}

async function loadGlyphs(source: string, { seed, size, signal }: Asked): Promise<Split> {
  const [, text] = source.split(':')
  const count = text === undefined ? DEFAULT_GLYPHS : /^\d+$/.test(text) ? Number(text) : 0
  if (count < 1) {
    throw new ImagesError(
      `${source}: no usable count, got '${text}', expected a whole number from 1, as in glyphs:10000`,
    )
  }
  const common = { ...(seed !== undefined && { seed }), ...size }
  const held = Math.max(1, Math.round(count / 10))
  return {
    train: await drawInSlices({ ...common, count, split: 'train' }, signal),
    test: await drawInSlices({ ...common, count: held, split: 'test' }, signal),
  }
}

/** Draws with pauses in which Ctrl-C and timers have their turn. */
async function drawInSlices(
  options: GlyphsOptions,
  signal: AbortSignal | undefined,
): Promise<ImageSet> {
  const drawing = drawGlyphs(options)
  for (;;) {
    const { done, value } = drawing.next()
    if (done) return value
    await setImmediate()
    signal?.throwIfAborted()
  }
}

async function isFolderAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) {
      throw new ImagesError(
        `images: no such source, file or folder, got '${path}', expected ${SOURCES}`,
        { cause },
      )
    }
    const reason = messageOf(cause)
    throw new ImagesError(`${path}: cannot be read, got ${reason}, expected ${SOURCES}`, { cause })
  }
}

function square(side: number): Size {
  return { height: side, width: side }
}

/** Only image folders and glyphs are made to measure: elsewhere another shape is an error. */
function checkAsked(
  source: string,
  { shape }: Pick<ImageSet, 'shape'>,
  { size, channels }: Asked,
): void {
  const asked = { ...shape, ...size, ...(channels !== undefined && { channels }) }
  const [got, expected] = [describeShape(shape), describeShape(asked)]
  if (got === expected) return
  throw new ImagesError(
    `${source}: images of another shape, got ${got}, expected ${expected} (only folders of images are converted)`,
  )
}
