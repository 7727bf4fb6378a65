// Holding out a test set where a source has none of its own.
import { randomStream } from '@anyvae/random'
import { selectImages, type ImageSet } from './image-set.js'

/** A source's two parts. */
export interface Split {
  readonly train: ImageSet
  readonly test: ImageSet
}

/**
 * Holds out a tenth (rounded, at least one image) as the test set: the first places of the
 * permutation of seed 0, stream `split`, so that the same images are held out every time. Both parts
 * keep the set's order, and the test set's name says that it is held out. A set of a single image
 * serves as both.
 */
export function holdOutTest(set: ImageSet): Split {
  if (set.count === 1) return { train: set, test: set }
  const order = randomStream(0, 'split').permutation(set.count)
  const held = Math.max(1, Math.round(set.count / 10))
  return {
    train: selectImages(set, order.slice(held).sort()),
    test: selectImages(set, order.slice(0, held).sort(), heldOutName(set.name)),
  }
}

function heldOutName(name: string): string {
  return `${name.replace(/ \(train\)$/, '')} (held out)`
}
