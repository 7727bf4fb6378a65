// Files that a visitor drops or chooses, as images: pictures, IDX and .npy.
import {
  arrayKindOf,
  collectDeclared,
  decodeIdx,
  decodeNpy,
  idxDeclared,
  imagesOfArrays,
  imageSet,
  ImagesError,
  npyDeclared,
  type ArrayImages,
  type ArrayOptions,
  type NumberArray,
} from '@anyvae/images'
import { heldOut, type Chosen } from './chosen.js'
import { readPictures, type PictureOptions } from './pictures.js'

/** How pictures are made alike, how arrays are read, and who is told of how many are read. */
export interface FileOptions extends PictureOptions, Pick<ArrayOptions, 'layout' | 'range'> {}

/**
 * The images of some files: all of them pictures, or one array file or two (to train on and to test on).
 *
 * @throws ImagesError that names the file and what is wrong with it
 */
export async function readFiles(files: readonly File[], options: FileOptions): Promise<Chosen> {
  const opened = await Promise.all(files.map(openFile))
  const arrays = opened.filter(({ kind }) => kind !== 'picture' && kind !== 'labels')
  const pictures = opened.filter(({ kind }) => kind === 'picture')
  if (arrays.length === 0 && pictures.length === 0) {
    throw new ImagesError('files: no images, got none, expected pictures, an IDX or a .npy file')
  }
  if (arrays.length > 0 && pictures.length > 0) {
    throw new ImagesError('files: of two kinds, got arrays and pictures, expected one of them')
  }
  if (arrays.length > 0) return readArrays(arrays, options)
  return heldOut(sourceOf(files), await readPictures(files, options))
}

function sourceOf(files: readonly File[]): string {
  return files.length === 1 ? (files[0]?.name ?? 'images') : 'images'
}

interface Opened {
  readonly name: string
  readonly kind: 'npy' | 'images' | 'labels' | 'picture'
  readonly file: File
  readonly isPacked: boolean
}

/** What a file is, by its first bytes. */
async function openFile(file: File): Promise<Opened> {
  const head = new Uint8Array(await file.slice(0, 8).arrayBuffer())
  const isPacked = head[0] === 0x1f && head[1] === 0x8b
  const start = isPacked ? await firstBytes(file) : head
  if (start[0] === 0x50 && start[1] === 0x4b) {
    throw new ImagesError(`${file.name}: an archive, got zip, expected what is in it`)
  }
  const kind = arrayKindOf(start) ?? 'picture'
  return { name: file.name.replace(/\.gz$/, ''), kind, file, isPacked }
}

async function firstBytes(file: File): Promise<Uint8Array> {
  for await (const piece of unpackedPieces(file)) return piece
  return new Uint8Array()
}

/** Packed bytes that are unpacked in one go: no more than a thousand times as many come of them. */
const SLICE = 2 ** 14

/** A file in slices. Its own stream's are larger, and one is unpacked whole even if nobody waits for it. */
function slicesOf(file: File): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0
  return new ReadableStream({
    pull: async (controller) => {
      if (at >= file.size) return controller.close()
      const slice = file.slice(at, at + SLICE)
      at += SLICE
      controller.enqueue(new Uint8Array(await slice.arrayBuffer()))
    },
  })
}

/** A gzipped file's bytes; once nobody takes more, none are unpacked. */
async function* unpackedPieces(file: File): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = slicesOf(file).pipeThrough(new DecompressionStream('gzip')).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } catch (cause) {
    throw new ImagesError(`${file.name}: damaged, got no gzip data, expected a whole file`, {
      cause,
    })
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** One set, a tenth of it held out, or two of which one is called a test set. */
async function readArrays(files: readonly Opened[], options: FileOptions): Promise<Chosen> {
  const [first, second, ...more] = files
  const test = files.find(({ name }) => /^t10k|test/i.test(name))
  const train = files.find((each) => each !== test)
  if (second && (!test || !train || more.length > 0)) {
    const names = files.map(({ name }) => name).join(', ')
    throw new ImagesError(
      `files: several arrays, got ${names}, expected one, or two of which one is called a test set`,
    )
  }
  const arrays = []
  for (const file of files) arrays.push({ array: await readArray(file), where: file.file.name })
  const { layout, range } = options
  const size = sideOf(arrays.map(({ array }) => array))
  const images = imagesOfArrays(arrays, { layout, range, ...(size && { size }) })
  const sets = files.map((file, i) => setOf(file, images[i]))
  const setFor = (file: Opened | undefined) => sets[files.findIndex((each) => each === file)]
  const [trainSet, testSet] = [setFor(second ? train : first), setFor(test)]
  if (!trainSet) throw new ImagesError('files: no array, got none, expected one')
  const note = images[0]?.note
  const noted = note === undefined ? {} : { note }
  if (!second || !testSet) return { ...heldOut(first?.name ?? 'images', trainSet), ...noted }
  return { source: train?.name ?? 'images', train: trainSet, test: testSet, ...noted }
}

function setOf({ name }: Opened, images: ArrayImages | undefined) {
  if (!images) throw new ImagesError(`${name}: no images, got none, expected an array`)
  return imageSet({ name, shape: images.shape, data: images.data })
}

/** The size of flat images, which are taken for squares. */
function sideOf([first]: readonly NumberArray[]): { height: number; width: number } | undefined {
  const side = Math.sqrt(first?.shape[1] ?? 0)
  const isFlat = first?.shape.length === 2 && Number.isInteger(side)
  return isFlat ? { height: side, width: side } : undefined
}

async function readArray({ file, kind, isPacked }: Opened): Promise<NumberArray> {
  const { name, size } = file
  const declared = kind === 'npy' ? npyDeclared(name, size) : idxDeclared(name, size, 'images')
  const bytes = isPacked
    ? await collectDeclared(unpackedPieces(file), declared)
    : new Uint8Array(await file.arrayBuffer())
  if (kind === 'npy') return decodeNpy(bytes, name)
  const { dims, data } = decodeIdx(bytes, 'images', name)
  return { shape: dims, data }
}
