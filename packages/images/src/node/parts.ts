// A source's training and test sets, where it may have both or only one.
import { ImagesError } from '../error.js'
import { describeShape, imageSet, imageSize, type ImageSet } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import { holdOutSource, holdOutTest, type Split } from '../split.js'

/** What a source has of the two sets. */
export interface Parts<Images extends ImageSet | ImageSource = ImageSet> {
  readonly train?: Images | undefined
  readonly test?: Images | undefined
}

/** Both parts, read from files, which stay open until they are closed. */
export interface OpenSplit extends Split<ImageSource> {
  readonly close: () => Promise<void>
}

/**
 * Both sets. Without a test set a tenth of the training set is held out; with nothing but a test set
 * the training set is empty, so that one can evaluate on all of it and never train on it by mistake.
 *
 * @throws ImagesError where there is neither, or their images differ in shape
 */
export function completeParts(parts: Parts, source: string): Split {
  return complete(parts, { source, holdOut: holdOutTest, without: withoutImages })
}

/** As `completeParts`, of images that are read when they are asked for. */
export function completeSources(parts: Parts<ImageSource>, source: string): Split<ImageSource> {
  const without = (images: ImageSource, name: string) => ({ ...images, name, count: 0 })
  return complete(parts, { source, holdOut: holdOutSource, without })
}

/** How parts of a kind are made where they are missing. */
interface Making<Images extends ImageSet | ImageSource> {
  readonly source: string
  readonly holdOut: (images: Images) => Split<Images>
  readonly without: (images: Images, name: string) => Images
}

function complete<Images extends ImageSet | ImageSource>(
  { train, test }: Parts<Images>,
  { source, holdOut, without }: Making<Images>,
): Split<Images> {
  if (train && test) {
    checkAlike(train, test)
    return { train, test }
  }
  if (train) return holdOut(train)
  if (test) return { train: without(test, `${source} (has test images alone)`), test }
  throw new ImagesError(`${source}: empty, got no images, expected at least 1`)
}

function withoutImages(set: ImageSet, name: string): ImageSet {
  const labels = set.labels && { labels: new Uint16Array() }
  return { ...set, name, count: 0, data: new Uint8Array(), ...labels }
}

/** Bytes that are read at once on the way into memory. */
const PIECE = 2 ** 24

/** A source's two parts in memory, each in its own; nothing else of their size is ever held. */
export async function partsInMemory({ train, test }: Split<ImageSource>): Promise<Split> {
  const both = await inMemory(train)
  return { train: both, test: train === test ? both : await inMemory(test) }
}

async function inMemory(images: ImageSource): Promise<ImageSet> {
  const { name, shape, count } = images
  const size = imageSize(shape)
  const data = new Uint8Array(count * size)
  const most = Math.max(1, Math.floor(PIECE / size))
  for (let first = 0; first < count; first += most) {
    const indices = Uint32Array.from({ length: Math.min(most, count - first) }, (_, i) => first + i)
    const end = first + indices.length
    await images.read(indices, data.subarray(first * size, end * size))
  }
  return imageSet({ name, shape, data })
}

function checkAlike(
  train: Pick<ImageSet, 'shape' | 'name'>,
  test: Pick<ImageSet, 'shape' | 'name'>,
): void {
  const [first, second] = [describeShape(train.shape), describeShape(test.shape)]
  if (first === second) return
  throw new ImagesError(
    `${test.name}: unlike the training images, got ${second}, expected ${first} as in ${train.name}`,
  )
}
