// Which values of an array are black and white: one rule for every source of numbers that are no bytes.
import { ImagesError } from '../error.js'
import type { NpyData } from '../npy.js'

/** The values that stand for black and for white; in between lies grey. */
export interface ValueRange {
  readonly black: number
  readonly white: number
}

/** What is known of some values: the rule needs no more. */
export interface ValueSurvey {
  readonly least: number
  readonly leastIndex: number
  readonly greatest: number
  readonly greatestIndex: number
  /** Whether none has a fraction. */
  readonly whole: boolean
  /** Whether they are stored as bytes, which are 0 to 255 by their type. */
  readonly bytes: boolean
}

/** How far beyond a range values may lie by rounding: a thousandth of it. They are clipped. */
const TOLERANCE = 0.001

/** A range whose greatest value is less than this may be another than 0 to 255. */
const BRIGHT = 128

const UNIT: ValueRange = { black: 0, white: 1 }
const BYTE: ValueRange = { black: 0, white: 255 }

/**
 * The least and the greatest of some values.
 *
 * @throws ImagesError where one is NaN or infinite, with its index
 */
export function surveyValues(data: NpyData, where: string): ValueSurvey {
  if (data instanceof Uint8Array) return surveyBytes(data)
  let [least, leastIndex, greatest, greatestIndex, whole] = [Infinity, 0, -Infinity, 0, true]
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i])
    if (!Number.isFinite(value)) throw noPixel(where, value, i)
    if (value < least) [least, leastIndex] = [value, i]
    if (value > greatest) [greatest, greatestIndex] = [value, i]
    whole &&= Number.isInteger(value)
  }
  return { least, leastIndex, greatest, greatestIndex, whole, bytes: false }
}

/** Bytes are looked at as far as the first bright one: the rule asks for no more. */
export function surveyBytes(data: Uint8Array): ValueSurvey {
  let [greatest, greatestIndex] = [0, 0]
  for (let i = 0; i < data.length && greatest < BRIGHT; i++) {
    const value = data[i] ?? 0
    if (value > greatest) [greatest, greatestIndex] = [value, i]
  }
  return { least: 0, leastIndex: 0, greatest, greatestIndex, whole: true, bytes: true }
}

/** Whether further bytes change nothing for the rule. */
export function isSettled({ bytes, greatest }: ValueSurvey): boolean {
  return bytes && greatest >= BRIGHT
}

/** What is known of two parts of a source, which must be read alike. */
export function mergeSurveys(one: ValueSurvey, other: ValueSurvey): ValueSurvey {
  const lower = other.least < one.least ? other : one
  const higher = other.greatest > one.greatest ? other : one
  return {
    least: lower.least,
    leastIndex: lower.leastIndex,
    greatest: higher.greatest,
    greatestIndex: higher.greatestIndex,
    whole: one.whole && other.whole,
    bytes: one.bytes && other.bytes,
  }
}

/** A range, and what the user should know about it, if anything. */
export interface ChosenRange {
  readonly range: ValueRange
  readonly note?: string
}

/**
 * The range of some values. The one that is asked for, and values beyond it are clipped. Else, with a
 * thousandth of the range as tolerance, beyond which nothing is clipped:
 *
 * - bytes: 0 to 255; 0 to 1 where none is greater
 * - values of 0 to 1: 0 to 1
 * - values of 0 to 255 whose greatest is at least 128: 0 to 255
 *
 * All others are refused, since they may mean several things: negative ones, those beyond 255, and those
 * whose greatest lies between 1 and 128 (0 to 16, say, or dark ones of 255).
 *
 * @throws ImagesError that gives a value with its index, and the flag that settles it
 */
export function chooseRange(
  survey: ValueSurvey,
  where: string,
  asked: ValueRange | undefined,
): ChosenRange {
  const { least, greatest, bytes } = survey
  if (asked) return chosenAs(asked, survey, where)
  if (least < -TOLERANCE * (greatest <= 1 + TOLERANCE ? 1 : 255)) {
    const most = Math.max(-least, greatest)
    const other = most <= 1 + TOLERANCE ? 1 : Math.ceil(most)
    throw noPixel(where, least, survey.leastIndex, `-${other}..${other}`)
  }
  if (greatest <= 1 + (bytes ? 0 : TOLERANCE)) return chosenAs(UNIT, survey, where)
  if (greatest > 255 + 255 * TOLERANCE) {
    throw noPixel(where, greatest, survey.greatestIndex, `0..${fullScale(greatest)}`)
  }
  if (bytes) {
    if (greatest >= BRIGHT) return { range: BYTE }
    return {
      range: BYTE,
      note: `${where}: dark, the greatest value is ${greatest} of 255 (--range 0..${greatest} where that is white)`,
    }
  }
  if (greatest >= BRIGHT) return chosenAs(BYTE, survey, where)
  const white = survey.whole ? greatest : Math.ceil(greatest)
  throw new ImagesError(
    `${where}: range of values not clear, got ${least} to ${greatest}, expected 0 to 1 or 0 to 255 (--range says which values are black and white: 0..255, 0..1 or, say, 0..${white})`,
  )
}

/** The greatest value of the bits that a whole number needs. */
export function fullScale(greatest: number): number {
  return greatest < 2 ** 32 ? 2 ** Math.ceil(Math.log2(Math.floor(greatest) + 1)) - 1 : greatest
}

function chosenAs(range: ValueRange, survey: ValueSurvey, where: string): ChosenRange {
  const { black, white } = range
  const slack = TOLERANCE * (white - black)
  const { least, greatest } = survey
  if (least >= black - slack && greatest <= white + slack) return { range }
  return {
    range,
    note: `${where}: values of ${least} to ${greatest}, those beyond ${black} to ${white} are clipped`,
  }
}

/** Values as bytes: black is 0, white 255, what lies beyond is clipped. */
export function bytesInRange(data: NpyData, { black, white }: ValueRange): Uint8Array {
  if (data instanceof Uint8Array) {
    return black === 0 && white === 255 ? data : data.map(tableOf({ black, white }))
  }
  const bytes = new Uint8Array(data.length)
  const factor = 255 / (white - black)
  for (let i = 0; i < data.length; i++) {
    const value = Math.min(white, Math.max(black, Number(data[i])))
    bytes[i] = Math.round(factor * (value - black))
  }
  return bytes
}

/** What each byte becomes. */
function tableOf({ black, white }: ValueRange): (byte: number) => number {
  const table = bytesInRange(
    Float32Array.from({ length: 256 }, (_, i) => i),
    { black, white },
  )
  return (byte) => table[byte] ?? 0
}

/**
 * A range that is asked for.
 *
 * @throws ImagesError where black and white are no finite numbers, or white is not the greater one
 */
export function checkRange({ black, white }: ValueRange): void {
  if (Number.isFinite(black) && Number.isFinite(white) && black < white) return
  throw new ImagesError(
    `range: not usable, got ${black} to ${white}, expected two numbers, the greater one last`,
  )
}

function noPixel(where: string, value: number, index: number, range?: string): ImagesError {
  const advice =
    range === undefined
      ? ''
      : ` (rescale the array, or say what is black and white: --range ${range})`
  return new ImagesError(
    `${where}: no pixel value, got ${value} at index ${index}, expected 0 to 1 or 0 to 255${advice}`,
  )
}
