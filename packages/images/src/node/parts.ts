// A source's training and test sets, where it may have both or only one.
import { ImagesError } from '../error.js'
import { describeShape, type ImageSet } from '../image-set.js'
import { holdOutTest, type Split } from '../split.js'

/** What a source has of the two sets. */
export interface Parts {
  readonly train?: ImageSet | undefined
  readonly test?: ImageSet | undefined
}

/**
 * Both sets. Without a test set a tenth of the training set is held out; with nothing but a test set
 * the training set is empty, so that one can evaluate on all of it and never train on it by mistake.
 *
 * @throws ImagesError where there is neither, or their images differ in shape
 */
export function completeParts({ train, test }: Parts, source: string): Split {
  if (train && test) {
    checkAlike(train, test)
    return { train, test }
  }
  if (train) return holdOutTest(train)
  if (test) return { train: withoutImages(test, `${source} (has test images alone)`), test }
  throw new ImagesError(`${source}: empty, got no images, expected at least 1`)
}

function withoutImages(set: ImageSet, name: string): ImageSet {
  const labels = set.labels && { labels: new Uint16Array() }
  return { ...set, name, count: 0, data: new Uint8Array(), ...labels }
}

function checkAlike(train: ImageSet, test: ImageSet): void {
  const [first, second] = [describeShape(train.shape), describeShape(test.shape)]
  if (first === second) return
  throw new ImagesError(
    `${test.name}: unlike the training images, got ${second}, expected ${first} as in ${train.name}`,
  )
}
