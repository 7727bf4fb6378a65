// Images of any source, named by one string.
import { stat } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { ImagesError } from '../error.js'
import { drawGlyphs, type GlyphsOptions } from '../glyphs.js'
import { describeShape, imageSize, type ImageSet } from '../image-set.js'
import type { Split } from '../split.js'
import { loadArrayFile } from './array-file.js'
import { isErrno, messageOf } from './bytes.js'
import { datasets, downloadDataset, isDatasetName } from './datasets.js'
import { namesIn } from './entries.js'
import { isIdxName, loadIdxFolder } from './idx-folder.js'
import { loadImageFolder, type NotedSplit } from './image-folder.js'
import type { LoadOptions, Size } from './options.js'

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
  const size = typeof options.size === 'number' ? square(options.size) : options.size
  if (size) imageSize({ channels: 1, ...size })
  const asked = { ...options, size }
  options.signal?.throwIfAborted()
  const split = await loadSplit(source, asked)
  checkAsked(source, split.test, asked)
  return { ...split, source }
}

/** The options, with a number's square spelt out. */
type Asked = Omit<LoadOptions, 'size'> & { readonly size: Size | undefined }

async function loadSplit(source: string, options: Asked): Promise<NotedSplit> {
  if (/^glyphs(:|$)/.test(source)) return loadGlyphs(source, options)
  if (isDatasetName(source)) {
    const folder = await downloadDataset(source, options)
    return loadIdxFolder(folder, await namesIn(folder, isIdxName), datasets[source].classNames)
  }
  const isFolder = await isFolderAt(source)
  if (!isFolder) return loadArrayFile(source, options)
  const names = await namesIn(source, isIdxName)
  return names.length > 0 ? loadIdxFolder(source, names) : loadImageFolder(source, options)
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
function checkAsked(source: string, { shape }: ImageSet, { size, channels }: Asked): void {
  const asked = { ...shape, ...size, ...(channels !== undefined && { channels }) }
  const [got, expected] = [describeShape(shape), describeShape(asked)]
  if (got === expected) return
  throw new ImagesError(
    `${source}: images of another shape, got ${got}, expected ${expected} (only folders of images are converted)`,
  )
}
