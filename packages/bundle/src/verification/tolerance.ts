// How far outputs may be from the test vectors: what a manifest is given, and what no manifest can widen.
//
// All are relative to an output's size. int8 is noisy: 3 % of an output are usual, so that by the noise alone
// a factor of 1.05 cannot be told. But rounding is as often up as down, and leaves factor and mean of an
// output alone (to 0.8 % in the shipped bundles). So two things are bounded: the difference as a whole, by
// the file's own tolerance, and its bias, by the precision.
import type { ManifestFile, Precision, Provider } from '@anyvae/runtime'
import type { OutputDifference, Replayed } from './replay.js'

interface Bounds {
  /** The largest tolerance that a manifest may give. */
  readonly most: number
  /** The least that it is given, whatever was measured. */
  readonly least: number
  /** The largest bias. */
  readonly bias: number
}

/**
 * float32: the CPU is within 3e-7; other orders of summation and a GPU's approximations of `exp` are given
 * 1e-5. float16: the CPU computes with rounded weights in float32 (3e-4); runtimes that compute in float16
 * throughout are given 0.004, eight of its steps of 2^-11. int8: a quarter of an output's size is noise that no
 * variant of the same model makes.
 */
const BOUNDS: Readonly<Record<Precision, Bounds>> = {
  float32: { most: 1e-5, least: 1e-5, bias: 1e-5 },
  float16: { most: 2 ** -6, least: 0.004, bias: 2 ** -7 },
  int8: { most: 0.25, least: 0.004, bias: 0.025 },
}

/**
 * What providers add that compute float32 in less: CUDA's matrix products are TF32 by default, and Core
 * ML's may be float16, both with ten bits.
 */
const ROOM: Partial<Readonly<Record<Provider, number>>> = { cuda: 2 ** -10, coreml: 2 ** -8 }

/** Other runtimes round elsewhere in int8: what they differ by beyond the CPU's difference, as a factor. */
const OTHER_ROUNDING = 1.5

/** Bias that noise has by chance is below this many times its deviation over the root of the number of values. */
const CHANCE = 2

/** int8's of an output whose file has no tolerance for it. */
const USUAL_NOISE = 0.05

/** The tolerance of each output of a file, by how it replays the vectors on the CPU. */
export function tolerancesOf(precision: Precision, replayed: Replayed): Record<string, number> {
  const outputs = Object.entries(replayed).map(([output, found]): [string, number] => [
    output,
    toleranceOf(BOUNDS[precision], found),
  ])
  return Object.fromEntries(outputs)
}

/** float32's is the same for all, without a replay. */
export const FLOAT32_TOLERANCE = BOUNDS.float32.least

/** Rounded up to two digits. */
function toleranceOf({ most, least, bias: limit }: Bounds, found: OutputDifference): number {
  const { difference, bias, count } = found
  const byChance = bias <= limit ? 0 : (OTHER_ROUNDING * bias * Math.sqrt(count)) / CHANCE
  const tolerance = Math.max(OTHER_ROUNDING * difference, byChance)
  if (tolerance <= least) return least
  if (!(tolerance < most)) return most
  const unit = 10 ** (Math.floor(Math.log10(tolerance)) - 1)
  return Number((Math.ceil(tolerance / unit) * unit).toPrecision(2))
}

/** The largest difference that an output may have, and the largest bias. */
export interface Limits {
  readonly tolerance: number
  readonly bias: number
}

/** Which output of which file, and what computes it. */
export interface LimitedOutput {
  readonly file: ManifestFile
  readonly output: string
  readonly count: number
  readonly provider?: Provider | undefined
}

/**
 * What holds for an output of a file. One of format 1 has no tolerance for single outputs: the widest of its
 * precision holds, beside its own absolute one. Of a few values, noise has a bias by chance.
 */
export function limitsOf({
  file,
  output,
  count,
  provider = 'cpu',
}: LimitedOutput): Limits | undefined {
  const { most, bias } = BOUNDS[file.precision]
  const given = file.tolerances?.[output] ?? (file.tolerance === undefined ? undefined : most)
  if (given === undefined) return undefined
  const room = ROOM[provider] ?? 0
  const tolerance = Math.max(Math.min(given, most), room)
  const noise = file.tolerances ? tolerance : Math.min(tolerance, USUAL_NOISE)
  const byChance = (CHANCE * noise) / Math.sqrt(count)
  return { tolerance, bias: Math.min(tolerance, Math.max(bias, room, byChance)) }
}

/** What is wrong with an output, as the end of a line; nothing where all is well. */
export function faultOf(
  { difference, bias, largest }: OutputDifference,
  limits: Limits,
  { tolerance: absolute }: ManifestFile,
): string | undefined {
  const short = (value: number) => value.toExponential(2)
  const size = "of its vectors' root mean square"
  if (!(difference <= limits.tolerance))
    return `got a difference of ${short(difference)} ${size}, expected at most ${limits.tolerance}`
  if (!(bias <= limits.bias))
    return `got a scale or mean that is off by ${short(bias)} ${size}, expected at most ${limits.bias}`
  if (absolute !== undefined && !(largest <= absolute))
    return `got a difference of ${short(largest)}, expected at most ${absolute}`
  return undefined
}
