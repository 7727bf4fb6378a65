// Folders of IDX files under MNIST's names, gzipped or not.
import { join } from 'node:path'
import { ImagesError } from '../error.js'
import { decodeIdx, type IdxArray, type IdxKind } from '../idx.js'
import { imageSet, type ImageSet } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import type { Split } from '../split.js'
import { readUnpacked } from './bytes.js'
import { idxSource, type UnpackOptions } from './idx-stream.js'
import { completeParts, completeSources, type OpenSplit } from './parts.js'
import type { OpenFile } from './pixel-file.js'

const NAME = /^(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/

/** Whether a name is that of an IDX file of MNIST. */
export function isIdxName(name: string): boolean {
  return NAME.test(name)
}

/**
 * The sets of a folder with train-images-idx3-ubyte and its kin; labels may be missing.
 *
 * @throws ImagesError naming the file that is truncated, mislabelled, or does not fit the others
 */
export async function loadIdxFolder(
  folder: string,
  names: readonly string[],
  classNames?: readonly string[],
): Promise<Split> {
  const read = async (split: 'train' | 'test'): Promise<ImageSet | undefined> => {
    const files = filesOf(folder, names, split)
    return files && readSet(files.images, files.labels, classNames)
  }
  return completeParts({ train: await read('train'), test: await read('test') }, folder)
}

/**
 * As `loadIdxFolder`, without labels, the images read when they are asked for.
 *
 * @throws ImagesError naming the file, and where there is no room for those that are gzipped
 */
export async function streamIdxFolder(
  folder: string,
  names: readonly string[],
  options: UnpackOptions,
): Promise<OpenSplit> {
  const opened: OpenFile[] = []
  const close = async (): Promise<void> => {
    for (const { handle } of opened) await handle.close()
  }
  const read = async (split: 'train' | 'test'): Promise<ImageSource | undefined> => {
    const files = filesOf(folder, names, split)
    return files && idxSource(files.images, opened, options)
  }
  try {
    const parts = { train: await read('train'), test: await read('test') }
    return { ...completeSources(parts, folder), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The paths of a split's files; undefined where it has none. */
function filesOf(
  folder: string,
  names: readonly string[],
  split: 'train' | 'test',
): { images: string; labels: string | undefined } | undefined {
  const images = findFile(names, split, 'images')
  const labels = findFile(names, split, 'labels')
  if (images === undefined && labels !== undefined) {
    throw new ImagesError(
      `${join(folder, labels)}: labels without images, got no ${labels.replace(/labels(.)idx1/, 'images$1idx3')}, expected it in the same folder`,
    )
  }
  if (images === undefined) return undefined
  return { images: join(folder, images), labels: labels && join(folder, labels) }
}

/** The name of a file; of a file and its gzipped twin the first. */
function findFile(names: readonly string[], split: string, kind: IdxKind): string | undefined {
  const fits = names.filter((name) => {
    const [, prefix, found] = NAME.exec(name) ?? []
    return found === kind && (prefix === 'train') === (split === 'train')
  })
  return fits.sort((a, b) => a.length - b.length)[0]
}

async function readSet(
  imagesPath: string,
  labelsPath: string | undefined,
  classNames?: readonly string[],
): Promise<ImageSet> {
  const images = await readIdx(imagesPath, 'images')
  const labels = labelsPath === undefined ? undefined : await readIdx(labelsPath, 'labels')
  const [count = 0, height = 0, width = 0] = images.dims
  if (labels && labels.dims[0] !== count) {
    throw new ImagesError(
      `${labelsPath}: not one label per image, got ${labels.dims[0]} labels, expected ${count} as there are images in ${imagesPath}`,
    )
  }
  return imageSet({
    name: imagesPath,
    shape: { channels: 1, height, width },
    data: images.data,
    labels: labels && Uint16Array.from(labels.data),
    classNames,
  })
}

async function readIdx(path: string, kind: IdxKind): Promise<IdxArray> {
  return decodeIdx(await readUnpacked(path), kind, path)
}
