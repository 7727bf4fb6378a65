// Folders of IDX files under MNIST's names, gzipped or not.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { imagesOfArrays, type ArrayOptions, type NamedArray } from '../arrays.js'
import { collectDeclared, idxDeclared } from '../packed/declared.js'
import { ImagesError } from '../error.js'
import { decodeIdx, type IdxKind } from '../idx.js'
import { imageSet, type ImageSet } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import { labelsOfArray } from '../arrays/labels.js'
import { arraySources, type ByteArray, type StreamArrayOptions } from './byte-array.js'
import { readBytes } from './bytes.js'
import { isGzip, unpackTo } from './gzip.js'
import { openIdx, type UnpackOptions } from './idx-stream.js'
import type { NotedSplit } from './notes.js'
import { completeParts, completeSources, type OpenSplit } from './parts.js'
import type { OpenFile } from './regular-file.js'

const NAME = /^(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/
const SPLITS = ['train', 'test'] as const

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
  options: ArrayOptions & { readonly classNames?: readonly string[] } = {},
): Promise<NotedSplit> {
  const files = SPLITS.map((split) => filesOf(folder, names, split))
  const found = files.flatMap((each) => each ?? [])
  const arrays: NamedArray[] = []
  for (const { images } of found) arrays.push(await readIdx(images, 'images'))
  const read = imagesOfArrays(arrays, options)
  const sets: ImageSet[] = []
  for (const [i, { images, labels }] of found.entries()) {
    const { shape, data } = read[i] ?? {}
    if (!shape || !data) continue
    const set = imageSet({ name: images, shape, data })
    sets.push(labels === undefined ? set : await withLabels(set, labels, options.classNames))
  }
  const [train, test] = files
  const note = read[0]?.note
  const parts = { train: train && sets[0], test: test && sets.at(-1) }
  return { ...completeParts(parts, folder), ...(note !== undefined && { note }) }
}

/**
 * As `loadIdxFolder`, without labels, the images read when they are asked for.
 *
 * @throws ImagesError naming the file, and where there is no room for those that are gzipped
 */
export async function streamIdxFolder(
  folder: string,
  names: readonly string[],
  options: UnpackOptions & StreamArrayOptions,
): Promise<NotedSplit<ImageSource> & OpenSplit> {
  const opened: OpenFile[] = []
  const close = async (): Promise<void> => {
    for (const { handle } of opened) await handle.close()
  }
  try {
    const files = SPLITS.map((split) => filesOf(folder, names, split))
    const arrays: ByteArray[] = []
    for (const each of files) if (each) arrays.push(await openIdx(each.images, opened, options))
    const { sources, ...noted } = await arraySources(arrays, options)
    const [train, test] = files
    const parts = { train: train && sources[0], test: test && sources.at(-1) }
    return { ...completeSources(parts, folder), ...noted, close }
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

async function withLabels(
  set: ImageSet,
  path: string,
  classNames: readonly string[] | undefined,
): Promise<ImageSet> {
  const { array, where } = await readIdx(path, 'labels')
  const labels = labelsOfArray(array, where)
  if (labels.length !== set.count) {
    throw new ImagesError(
      `${path}: not one label per image, got ${labels.length} labels, expected ${set.count} as there are images in ${set.name}`,
    )
  }
  return imageSet({ ...set, labels, classNames })
}

/** A whole IDX file, unpacked if its first bytes are gzip's, whatever its name. */
async function readIdx(path: string, kind: IdxKind): Promise<NamedArray> {
  const bytes = await readBytes(path)
  const unpacked = isGzip(bytes) ? await unpackIdx(path, kind) : bytes
  const { dims, data } = decodeIdx(unpacked, kind, path)
  return { array: { shape: dims, data }, where: path }
}

async function unpackIdx(path: string, kind: IdxKind): Promise<Uint8Array> {
  const { size: length } = await stat(path)
  const declared = idxDeclared(path, length, kind)
  return unpackTo({ path, length }, (pieces) => collectDeclared(pieces, declared))
}
