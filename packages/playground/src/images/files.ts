// Files that a visitor drops or chooses, as images: pictures, IDX and .npy.
import {
  decodeIdx,
  decodeNpy,
  imagesOfArray,
  imageSet,
  ImagesError,
  type ImageSet,
} from '@anyvae/images'
import { heldOut, type Chosen } from './chosen.js'
import { readPictures, type PictureOptions } from './pictures.js'

/** How pictures are made alike, and who is told of how many are read. */
export type FileOptions = PictureOptions

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
  if (arrays.length > 0) return readArrays(arrays)
  return heldOut(sourceOf(files), await readPictures(files, options))
}

function sourceOf(files: readonly File[]): string {
  return files.length === 1 ? (files[0]?.name ?? 'images') : 'images'
}

interface Opened {
  readonly name: string
  readonly kind: 'npy' | 'idx' | 'labels' | 'picture'
  /** Of an array, unzipped. */
  readonly bytes: () => Promise<Uint8Array>
}

/** What a file is, by its first bytes. */
async function openFile(file: File): Promise<Opened> {
  const { name } = file
  const head = await firstBytes(file.stream())
  const packed = head[0] === 0x1f && head[1] === 0x8b
  const stream = () =>
    packed ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream()
  const start = packed ? await firstBytes(stream()) : head
  const bytes = async () => new Uint8Array(await new Response(stream()).arrayBuffer())
  return { name: name.replace(/\.gz$/, ''), kind: kindOf(start, name), bytes }
}

async function firstBytes(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader()
  try {
    const { value } = await reader.read()
    return value ?? new Uint8Array()
  } catch (cause) {
    throw new ImagesError('files: damaged, got no gzip data, expected a whole file', { cause })
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function kindOf(start: Uint8Array, name: string): Opened['kind'] {
  const text = String.fromCharCode(...start.subarray(0, 6))
  if (text === '\x93NUMPY') return 'npy'
  if (text.startsWith('\0\0\x08\x03')) return 'idx'
  if (text.startsWith('\0\0\x08\x01')) return 'labels'
  if (text.startsWith('PK')) {
    throw new ImagesError(`${name}: an archive, got zip, expected what is in it`)
  }
  return 'picture'
}

/** One set, a tenth of it held out, or two of which one is called a test set. */
async function readArrays(files: readonly Opened[]): Promise<Chosen> {
  const sets = await Promise.all(
    files.map(async (file) => ({ name: file.name, set: await readArray(file) })),
  )
  const [first, second, ...more] = sets
  if (first && !second) return heldOut(first.name, first.set)
  const test = sets.find(({ name }) => /^t10k|test/i.test(name))
  const train = sets.find((each) => each !== test)
  if (!test || !train || more.length > 0) {
    const names = sets.map(({ name }) => name).join(', ')
    throw new ImagesError(
      `files: several arrays, got ${names}, expected one, or two of which one is called a test set`,
    )
  }
  return { source: train.name, train: train.set, test: test.set }
}

async function readArray({ name, kind, bytes }: Opened): Promise<ImageSet> {
  const content = await bytes()
  if (kind === 'idx') {
    const { dims, data } = decodeIdx(content, 'images', name)
    const [, height = 0, width = 0] = dims
    return imageSet({ name, shape: { channels: 1, height, width }, data })
  }
  const array = decodeNpy(content, name)
  const side = Math.sqrt(array.shape[1] ?? 0)
  const size = Number.isInteger(side) ? { height: side, width: side } : undefined
  return imageSet({ name, ...imagesOfArray(array, name, { size }) })
}
