// Number arrays of the usual layouts as 8-bit images.
import { ImagesError } from './error.js'
import type { ImageShape } from './image-set.js'
import { arrayLayout, imagesFirst, show, type LayoutOptions } from './arrays/layout.js'
import type { NpyData, NpyType } from './npy.js'
import {
  bytesInRange,
  checkRange,
  chooseRange,
  mergeSurveys,
  surveyValues,
  type ValueRange,
} from './arrays/value-range.js'

/** How an array's dimensions and values are images, where they do not say it. */
export interface ArrayOptions extends LayoutOptions {
  /** Which values are black and white; by default as `chooseRange` says. */
  readonly range?: ValueRange | undefined
}

/** Numbers with their dimensions, outermost first, in C order. */
export interface NumberArray {
  readonly shape: readonly number[]
  readonly data: NpyData
  /** As NumPy calls the type of `data`; nothing depends on it. */
  readonly dtype?: NpyType
}

/** Images of an array, one after another, channels first, as `imageSet` takes them. */
export interface ArrayImages {
  readonly shape: ImageShape
  readonly data: Uint8Array
  /** What the user should know of how the values were read, if anything. */
  readonly note?: string
}

/**
 * An array's images, as CHW bytes: its dimensions as `arrayLayout` reads them, its values as
 * `chooseRange` does.
 *
 * @param where the file's name, for messages
 * @throws ImagesError where dimensions or values can't be images or may be several, or the array is
 * empty, with the option that settles it
 */
export function imagesOfArray(
  array: NumberArray,
  where: string,
  options: ArrayOptions = {},
): ArrayImages {
  const [images] = imagesOfArrays([{ array, where }], options)
  if (!images) throw new ImagesError(`${where}: empty, got no array, expected one`)
  return images
}

/** An array and its name for messages. */
export interface NamedArray {
  readonly array: NumberArray
  readonly where: string
}

/** As `imagesOfArray`, of arrays that are parts of one source: their values are read alike. */
export function imagesOfArrays(
  arrays: readonly NamedArray[],
  options: ArrayOptions = {},
): ArrayImages[] {
  if (options.range) checkRange(options.range)
  const parts = arrays.map(({ array, where }) => {
    const layout = arrayLayout(array.shape, where, options)
    if (array.data.length === 0) {
      throw new ImagesError(`${where}: empty, got shape ${show(array.shape)}, expected images`)
    }
    return { where, layout, data: array.data, survey: surveyValues(array.data, where) }
  })
  const [first] = parts
  if (!first) return []
  const survey = parts.map((part) => part.survey).reduce(mergeSurveys)
  const { range, note } = chooseRange(survey, first.where, options.range)
  return parts.map(({ layout, data }, i) => ({
    shape: layout.shape,
    data: imagesFirst(bytesInRange(data, range), layout),
    ...(note !== undefined && i === 0 && { note }),
  }))
}
