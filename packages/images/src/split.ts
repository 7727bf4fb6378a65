// Holding out a test set where a source has none of its own.
import { randomStream } from '@anyvae/random'
import { ImagesError } from './error.js'
import { selectImages, type ImageSet } from './image-set.js'
import type { ImageSource } from './image-source.js'

/** A source's two parts. */
export interface Split<Images extends ImageSet | ImageSource = ImageSet> {
  readonly train: Images
  readonly test: Images
}

/** Images of which one is held out. */
const GROUP = 10

/**
 * Holds out a tenth (rounded, at least one image) as the test set: of every ten images in turn the one
 * at word(g) * 10 / 2^32, rounded down, of seed 0, stream `split`, g being the number of the ten from
 * 0, so that the same images are held out every time. What is left over of the tens is a group of its
 * own where it is five or more, or all there is, and else trained on. Both parts keep the set's order,
 * and the test set's name says that it is held out. A set of a single image serves as both.
 */
export function holdOutTest(set: ImageSet): Split {
  if (set.count === 1) return { train: set, test: set }
  const { train, test } = heldOutPlaces(set.count)
  return {
    train: selectImages(
      set,
      Uint32Array.from({ length: train.count }, (_, i) => train.place(i)),
    ),
    test: selectImages(
      set,
      Uint32Array.from({ length: test.count }, (_, i) => test.place(i)),
      heldOutName(set.name),
    ),
  }
}

/** As `holdOutTest`, of images that are read when they are asked for; nothing is kept of them. */
export function holdOutSource(images: ImageSource): Split<ImageSource> {
  if (images.count === 1) return { train: images, test: images }
  const { train, test } = heldOutPlaces(images.count)
  return {
    train: partOf(images, train, images.name),
    test: partOf(images, test, heldOutName(images.name)),
  }
}

/** Which images of so many are held out, and what the test set is named then. */
export interface HeldOut {
  readonly count: number
  readonly name: string
  readonly has: (index: number) => boolean
}

/** What `holdOutTest` holds out of so many images, two at least, of a set of this name. */
export function heldOut(count: number, name: string): HeldOut {
  const { test } = heldOutPlaces(count)
  return {
    count: test.count,
    name: heldOutName(name),
    has: (index) => {
      const group = Math.floor(index / GROUP)
      return group < test.count && test.place(group) === index
    },
  }
}

/** Some of a source's images: how many, and where in it each one is. */
interface Places {
  readonly count: number
  readonly place: (index: number) => number
}

function heldOutPlaces(count: number): { train: Places; test: Places } {
  const held = Math.max(1, Math.round(count / GROUP))
  const words = randomStream(0, 'split')
  const first = (group: number): number => group * GROUP
  // The last group's is kept: images in their order ask for the same one ten times.
  let known = { group: -1, hole: 0 }
  const holeOf = (group: number): number => {
    if (group !== known.group) {
      const images = Math.min(GROUP, count - first(group))
      const hole = Math.floor(((words.words(1, group)[0] ?? 0) * images) / 2 ** 32)
      known = { group, hole }
    }
    return known.hole
  }
  const trainPlace = (index: number): number => {
    const group = Math.floor(index / (GROUP - 1))
    if (group >= held) return index + held
    const within = index - group * (GROUP - 1)
    return first(group) + within + (within >= holeOf(group) ? 1 : 0)
  }
  return {
    train: { count: count - held, place: trainPlace },
    test: { count: held, place: (group) => first(group) + holeOf(group) },
  }
}

function partOf(images: ImageSource, { count, place }: Places, name: string): ImageSource {
  const inWhole = (index: number): number => {
    if (index < count) return place(index)
    throw new ImagesError(`${name}: no such image, got index ${index}, expected 0 to ${count - 1}`)
  }
  return {
    name,
    shape: images.shape,
    count,
    read: (indices, out) => images.read(indices.map(inWhole), out),
  }
}

function heldOutName(name: string): string {
  return `${name.replace(/ \(train\)$/, '')} (held out)`
}
