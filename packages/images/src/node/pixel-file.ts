// Images that lie in a file as bytes, read where they lie.
import { fstat, read as readAt, type Stats } from 'node:fs'
import { ImagesError } from '../error.js'
import { imageSize, type ImageShape } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import { imagesFirst, type ArrayLayout } from '../arrays/layout.js'
import { bytesInRange, type ValueRange } from '../arrays/value-range.js'
import { unreadable, type OpenFile } from './regular-file.js'

/** Where images lie in a file, and what their bytes mean. */
export interface PixelLayout {
  readonly name: string
  readonly shape: ImageShape
  readonly count: number
  /** Where the first image begins, in bytes. */
  readonly start: number
  /** How the bytes of an image lie, by the array's axes of which the first is `n`; default `nchw`. */
  readonly axes?: ArrayLayout['axes']
  /** Which bytes are black and white; default 0 and 255. */
  readonly range?: ValueRange
}

/** Reads that are asked of the system at once; it works on as many as it has threads for them, 4. */
const MOST_READS = 16_384
/** Bytes of one read: the system's own limit is 2 GiB. */
const MOST_BYTES = 2 ** 26

/**
 * The images of an open file as a source. Each read goes through the file from front to back, images
 * that lie side by side in one piece; nothing is kept.
 *
 * @throws ImagesError (by rejection) where an index is none of the file's, or the file is truncated or
 * changed while it is read
 */
export async function pixelFile(file: OpenFile, layout: PixelLayout): Promise<ImageSource> {
  const { name, shape, count } = layout
  const size = imageSize(shape)
  const before = await factsOf(file)
  const read = async (indices: Uint32Array, out?: Uint8Array): Promise<Uint8Array> => {
    const images = out ?? new Uint8Array(indices.length * size)
    checkAsked(layout, indices, images.length)
    for (let first = 0; first < indices.length; first += MOST_READS) {
      const some = indices.subarray(first, first + MOST_READS)
      await readAll(file, runsOf(some, size), {
        start: layout.start,
        out: images.subarray(first * size, (first + some.length) * size),
      })
    }
    checkSame(file.path, before, await factsOf(file))
    convert(images, layout)
    return images
  }
  return { name, shape, count, read }
}

function checkAsked(
  { name, shape, count }: PixelLayout,
  indices: Uint32Array,
  length: number,
): void {
  const expected = indices.length * imageSize(shape)
  if (length !== expected) {
    throw new ImagesError(`out: wrong length, got ${length} bytes, expected ${expected}`)
  }
  const bad = indices.find((index) => index >= count)
  if (bad === undefined) return
  throw new ImagesError(`${name}: no such image, got index ${bad}, expected 0 to ${count - 1}`)
}

/** Bytes that lie side by side in the file and in what they are read into. */
interface Run {
  /** From the first image on. */
  readonly from: number
  readonly to: number
  readonly bytes: number
}

/** The reads that images take, in the file's order. */
function runsOf(indices: Uint32Array, size: number): Run[] {
  // Index and place in one number, which native code sorts: below 2^32 * 2^14, and so exact.
  const keys = Float64Array.from(indices, (index, i) => index * MOST_READS + i).sort()
  const runs: Run[] = []
  let last: { from: number; to: number; bytes: number } | undefined
  for (const key of keys) {
    const from = Math.floor(key / MOST_READS) * size
    const to = (key % MOST_READS) * size
    const follows = last && from === last.from + last.bytes && to === last.to + last.bytes
    if (last && follows && last.bytes + size <= MOST_BYTES) {
      last.bytes += size
    } else {
      last = { from, to, bytes: size }
      runs.push(last)
    }
  }
  return runs
}

/**
 * Reads by callback: a promise for each would take ten times as long as the read. All are asked for at
 * once, so that the system's threads work through them also while a training step keeps this one busy.
 */
function readAll(
  { path, handle }: OpenFile,
  runs: readonly Run[],
  { start, out }: { readonly start: number; readonly out: Uint8Array },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = runs.length
    let failure: ImagesError | undefined
    for (const { from, to, bytes } of runs) {
      readAt(handle.fd, out, to, bytes, start + from, (error, got) => {
        if (error) failure ??= unreadable(path, error)
        else if (got !== bytes) failure ??= truncated(path, start + from + bytes, got - bytes)
        // Not before the last: the memory is written to until then.
        if (--left > 0) return
        if (failure) reject(failure)
        else resolve()
      })
    }
    if (left === 0) resolve()
  })
}

function convert(images: Uint8Array, { shape, axes = 'nchw', range }: PixelLayout): void {
  const count = images.length / imageSize(shape)
  const ordered = imagesFirst(images, { shape, count, axes })
  const bytes = range ? bytesInRange(ordered, range) : ordered
  if (bytes !== images) images.set(bytes)
}

/** An open file's facts, of which its length and time of change tell whether it is still the same. */
export function factsOf({ path, handle }: OpenFile): Promise<Stats> {
  return new Promise((resolve, reject) => {
    fstat(handle.fd, (error, facts) => {
      if (error) reject(unreadable(path, error))
      else resolve(facts)
    })
  })
}

function checkSame(path: string, was: Stats, is: Stats): void {
  if (was.size === is.size && was.mtimeMs === is.mtimeMs) return
  const got = `${is.size} bytes of ${is.mtime.toISOString()}`
  const expected = `${was.size} bytes of ${was.mtime.toISOString()}`
  throw new ImagesError(`${path}: changed while it was read, got ${got}, expected ${expected}`)
}

function truncated(path: string, expected: number, missing: number): ImagesError {
  return new ImagesError(
    `${path}: truncated while it was read, got ${expected + missing} bytes, expected at least ${expected}`,
  )
}
