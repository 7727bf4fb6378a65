// The images that are chosen in the page: a set to train on, one to test on, and their name.
import { glyphs, holdOutTest, ImagesError, type ImageSet } from '@anyvae/images'

/** Images as the training takes them. */
export interface Chosen {
  /** What the bundle calls them. */
  readonly source: string
  readonly train: ImageSet
  readonly test: ImageSet
  /** What the visitor should know of them, if anything. */
  readonly note?: string
}

/** As `--data glyphs:<count>` of the command line: a tenth more to test on. */
export function chosenGlyphs(count: number): Chosen {
  if (!Number.isInteger(count) || count < 100 || count > 20_000) {
    throw new ImagesError(
      `glyphs: no usable number, got ${count}, expected a whole number from 100 to 20000`,
    )
  }
  return {
    source: `glyphs:${count}`,
    train: glyphs({ count }),
    test: glyphs({ count: Math.max(1, Math.round(count / 10)), split: 'test' }),
  }
}

/** A set without a test set: a tenth is held out. */
export function heldOut(source: string, set: ImageSet): Chosen {
  return { source, ...holdOutTest(set) }
}
