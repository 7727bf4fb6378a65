// Image files beyond 8 bits: their own values, and which of those are black and white.
import type { Metadata } from 'sharp'
import {
  bytesInRange,
  checkRange,
  chooseRange,
  fullScale,
  mergeSurveys,
  surveyValues,
  type ValueRange,
  type ValueSurvey,
} from '../arrays/value-range.js'
import type { NpyData } from '../npy.js'

/** Values beyond 8 bits: whole numbers of 16 bits, whose full range is known, or any others. */
export type Depth = 'sixteen' | 'numbers'

/** The least and greatest values of the image files of a depth, with the first file's name. */
export interface DeepValues {
  readonly path: string
  readonly survey: ValueSurvey
}

/** What is known of a folder's image files beyond 8 bits. */
export type DeepSurvey = Readonly<Partial<Record<Depth, DeepValues>>>

/** An image's own values, row by row, channels last. */
export interface DeepPixels {
  readonly depth: Depth
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly hasAlpha: boolean
  readonly data: NpyData
}

/** The depth of an image file that is not of 8 bits. */
export function depthOf({ depth }: Pick<Metadata, 'depth'>): Depth | undefined {
  if (depth === undefined || depth === 'uchar') return undefined
  return depth === 'ushort' ? 'sixteen' : 'numbers'
}

/** An image file's own values, in its own colour space, turned as its camera says. */
export async function readDeepPixels(bytes: Uint8Array): Promise<DeepPixels | undefined> {
  const { default: sharp } = await import('sharp')
  const metadata = await sharp(bytes).metadata()
  const depth = depthOf(metadata)
  if (depth === undefined) return undefined
  const { space, hasAlpha } = metadata
  const raw = depth === 'sixteen' ? 'ushort' : 'double'
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: raw })
    .toBuffer({ resolveWithObject: true })
  // A copy: typed arrays need aligned memory.
  const { buffer } = Uint8Array.from(data)
  const values = depth === 'sixteen' ? new Uint16Array(buffer) : new Float64Array(buffer)
  const { width, height, channels } = info
  return { depth, width, height, channels, hasAlpha, data: values }
}

/** The least and greatest values of an image, but for its transparency. */
export function surveyPixels(pixels: DeepPixels, path: string): DeepSurvey {
  return { [pixels.depth]: { path, survey: surveyValues(colourValues(pixels), path) } }
}

/** What is known of two files, or of two lots of them. */
export function mergeDeep(one: DeepSurvey, other: DeepSurvey): DeepSurvey {
  const merged: Partial<Record<Depth, DeepValues>> = { ...one }
  for (const depth of ['sixteen', 'numbers'] as const) {
    const [before, after] = [one[depth], other[depth]]
    if (!after) continue
    merged[depth] = before
      ? { path: before.path, survey: mergeSurveys(before.survey, after.survey) }
      : after
  }
  return merged
}

/** Which values are black and white in image files of each depth; of 16 bits the usual ones where none stand. */
export type DeepRanges = Readonly<Partial<Record<Depth, ValueRange>>>

const SIXTEEN: ValueRange = { black: 0, white: 65_535 }

/**
 * The ranges of a folder's image files, the same for all files of a depth: what is asked for; else none
 * for 16 bits, which are 0 to 65535, with a note where the values look like fewer; and for all
 * others as `chooseRange` says.
 *
 * @throws ImagesError as `chooseRange`
 */
export function deepRanges(
  survey: DeepSurvey,
  asked: ValueRange | undefined,
): { ranges: DeepRanges; notes: readonly string[] } {
  if (asked) checkRange(asked)
  const { sixteen, numbers } = survey
  const chosen = {
    ...(numbers && { numbers: chooseRange(numbers.survey, numbers.path, asked) }),
    ...(sixteen && asked && { sixteen: chooseRange(sixteen.survey, sixteen.path, asked) }),
  }
  const ranges = {
    ...(chosen.numbers && { numbers: chosen.numbers.range }),
    ...(chosen.sixteen && { sixteen: chosen.sixteen.range }),
  }
  const notes = [
    chosen.numbers?.note,
    chosen.sixteen?.note ?? (asked ? undefined : fewBits(sixteen)),
  ]
  return { ranges, notes: notes.filter((note) => note !== undefined) }
}

/** What to say of 16-bit values that use the lower bits alone. */
function fewBits(sixteen: DeepValues | undefined): string | undefined {
  const greatest = sixteen?.survey.greatest ?? 0
  const scale = fullScale(greatest)
  if (!sixteen || greatest === 0 || scale >= SIXTEEN.white) return undefined
  const bits = Math.log2(scale + 1)
  return `${sixteen.path}: 16-bit images whose greatest value is ${greatest} of 65535, as if of ${bits} bits (--range 0..${scale} where that is white)`
}

/** An image's values as bytes, channels last, what is transparent made black. */
export function deepBytes(pixels: DeepPixels, ranges: DeepRanges): Uint8Array {
  const { depth, data, channels, hasAlpha } = pixels
  const range = ranges[depth] ?? SIXTEEN
  const colours = bytesInRange(colourValues(pixels), range)
  if (!hasAlpha) return colours
  const opaque = depth === 'sixteen' ? SIXTEEN.white : range.white
  const shown = channels - 1
  return colours.map((value, i) => {
    const alpha = Number(data[Math.floor(i / shown) * channels + shown]) / opaque
    return Math.round(value * Math.min(1, Math.max(0, alpha)))
  })
}

/** Without transparency. */
function colourValues({ data, channels, hasAlpha }: DeepPixels): NpyData {
  return hasAlpha
    ? data.filter((_: number | bigint, i: number) => i % channels !== channels - 1)
    : data
}
