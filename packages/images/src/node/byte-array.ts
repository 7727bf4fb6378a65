// Arrays of bytes in files as images that are read where they lie.
import { show, type ArrayLayout } from '../arrays/layout.js'
import { arrayLayout } from '../arrays/layout.js'
import type { ArrayOptions } from '../arrays.js'
import { ImagesError } from '../error.js'
import { imageSize } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import { decodeNpyHeader, isNpy, NPY_HEAD } from '../npy/header.js'
import {
  checkRange,
  chooseRange,
  isSettled,
  mergeSurveys,
  surveyBytes,
  type ValueSurvey,
} from '../arrays/value-range.js'
import { factsOf, pixelFile } from './pixel-file.js'
import type { OpenFile } from './regular-file.js'

const PIECE = 2 ** 22

/** An open file's first bytes, enough for any header. */
export async function headOf({ handle }: OpenFile): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(NPY_HEAD), 0, NPY_HEAD, 0)
  return buffer.subarray(0, bytesRead)
}

/** An array of values that are one byte each, 0 to 255, in an open file. */
export interface ByteArray {
  readonly file: OpenFile
  readonly dims: readonly number[]
  /** Where the values begin, in bytes. */
  readonly end: number
  /** Whether the first index runs fastest. */
  readonly fortranOrder: boolean
}

/** The array of an open file where it is a .npy file of bytes. */
export async function byteNpy(file: OpenFile): Promise<ByteArray | undefined> {
  const head = await headOf(file)
  if (!isNpy(head)) return undefined
  const header = decodeNpyHeader(head, file.path, (await factsOf(file)).size)
  const { shape: dims, end, fortranOrder } = header
  return header.dtype === 'u1' || header.dtype === 'b1'
    ? { file, dims, end, fortranOrder }
    : undefined
}

/** How the images of arrays are to be read. */
export interface StreamArrayOptions extends ArrayOptions {
  readonly signal?: AbortSignal | undefined
}

/** Images that are read where they lie, and what the user should know of them, if anything. */
export interface ArraySources {
  readonly sources: readonly ImageSource[]
  readonly note?: string
}

/**
 * The images of open arrays of bytes, the very ones that `imagesOfArrays` makes of them. To see which
 * values are black and white takes a look at all of them where none is bright.
 *
 * @throws ImagesError where an array holds no images, or those are not whole in the file one by one
 */
export async function arraySources(
  arrays: readonly ByteArray[],
  options: StreamArrayOptions,
): Promise<ArraySources> {
  if (options.range) checkRange(options.range)
  const layouts = arrays.map((array) => storedLayout(array, options))
  const surveys: ValueSurvey[] = []
  for (const [i, array] of arrays.entries()) {
    const { count = 0, shape } = layouts[i] ?? {}
    const length = shape ? count * imageSize(shape) : 0
    surveys.push(await surveyFile(array, length, options.signal))
  }
  const [first] = arrays
  if (!first) return { sources: [] }
  const { range, note } = chooseRange(surveys.reduce(mergeSurveys), first.file.path, options.range)
  const sources: ImageSource[] = []
  for (const [i, { file, end }] of arrays.entries()) {
    const layout = layouts[i]
    if (layout)
      sources.push(await pixelFile(file, { ...layout, name: file.path, start: end, range }))
  }
  return { sources, ...(note !== undefined && { note }) }
}

/** Whether an array's images lie one after another, so that each can be read by itself. */
export function isStreamable(array: ByteArray, options: ArrayOptions): boolean {
  const { axes } = arrayLayout(array.dims, array.file.path, options)
  return axes.startsWith('n') ? !array.fortranOrder : array.fortranOrder && axes.endsWith('n')
}

/** An array's layout as its bytes lie in the file: of Fortran order the axes the other way round. */
function storedLayout(array: ByteArray, options: ArrayOptions): ArrayLayout {
  const { dims, fortranOrder, file } = array
  const layout = arrayLayout(dims, file.path, options)
  if (dims.includes(0)) {
    throw new ImagesError(`${file.path}: empty, got shape ${show(dims)}, expected images`)
  }
  if (!isStreamable(array, options)) {
    throw new ImagesError(
      `${file.path}: not readable piece by piece, got images that lie in one another (shape ${show(dims)}, ${fortranOrder ? 'Fortran' : 'C'} order), expected one after another, as np.ascontiguousarray writes them, or all of it in memory (without --stream)`,
    )
  }
  return fortranOrder ? { ...layout, axes: [...layout.axes].reverse().join('') } : layout
}

async function surveyFile(
  { file: { handle }, end }: ByteArray,
  length: number,
  signal: AbortSignal | undefined,
): Promise<ValueSurvey> {
  const piece = new Uint8Array(Math.min(PIECE, length))
  let survey = surveyBytes(piece.subarray(0, 0))
  for (let done = 0; done < length && !isSettled(survey); done += PIECE) {
    signal?.throwIfAborted()
    const { bytesRead } = await handle.read(piece, 0, Math.min(PIECE, length - done), end + done)
    survey = mergeSurveys(survey, surveyBytes(piece.subarray(0, bytesRead)))
  }
  return survey
}
