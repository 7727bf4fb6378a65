// How far an output is from what it should be, relative to its own size.

/** The values of an output in both models. */
export interface Outputs {
  readonly name: string
  readonly dims: readonly number[]
  /** Integers and booleans are compared exactly. */
  readonly isExact: boolean
  readonly expected: ArrayLike<number>
  readonly got: ArrayLike<number>
}

/** Where an output differs most. */
export interface Difference {
  readonly name: string
  /** `same`: rounding explains it; `unclear`: it may; `different`: nothing explains it. */
  readonly verdict: 'same' | 'unclear' | 'different'
  /** The largest difference, relative to the largest magnitude of the output; of integers, their share that differs. */
  readonly relative: number
  /** The largest magnitude of what is expected. */
  readonly size: number
  /** Where it differs most, with both values there. */
  readonly index: readonly number[]
  readonly expected: number
  readonly got: number
}

/** What rounding explains, by precision of the arithmetic. */
export interface Tolerance {
  /** Relative to an output's largest magnitude: below it, outputs are the same. */
  readonly same: number
  /** Up to here rounding may explain it: TensorFlow.js's own backends are as far from each other. */
  readonly unclear: number
  /** A difference of numbers about 1, as the inputs are, that may be what is left of their rounding. */
  readonly residue: number
}

export const TOLERANCES = {
  fp32: { same: 1e-4, unclear: 1e-3, residue: 5e-7 },
  fp16: { same: 5e-2, unclear: 5e-2, residue: 1e-3 },
} as const satisfies Record<string, Tolerance>

/**
 * Compares all elements of an output. Its scale is its largest finite magnitude; besides, the median of
 * the differences relative to each element is held to `unclear`, so that an output which is wrong
 * everywhere does not pass behind one large element. NaN and infinities must be the same.
 */
export function differenceOf(
  { name, dims, isExact, expected, got }: Outputs,
  tolerance: Tolerance,
): Difference {
  const size = largest(expected)
  const { place, distance, unequal } = worstPlace(expected, got)
  const relative = isExact
    ? unequal / Math.max(1, expected.length)
    : distance === 0
      ? 0
      : distance / size
  const verdict = isExact
    ? unequal === 0 && expected.length === got.length
      ? 'same'
      : 'different'
    : verdictOf({ relative, distance, median: medianOf(expected, got) }, tolerance)
  const at = indexOf(place, dims)
  return {
    name,
    verdict,
    relative,
    size,
    index: at,
    expected: expected[place] ?? Number.NaN,
    got: got[place] ?? Number.NaN,
  }
}

interface Figures {
  readonly relative: number
  readonly distance: number
  readonly median: number
}

function verdictOf(
  { relative, distance, median }: Figures,
  { same, unclear, residue }: Tolerance,
): Difference['verdict'] {
  if (relative <= same && median <= unclear) return 'same'
  return (relative <= unclear && median <= unclear) || distance <= residue ? 'unclear' : 'different'
}

function largest(values: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i] ?? 0)
    if (value > most && value < Infinity) most = value
  }
  return most
}

/** The difference of two numbers; infinite where only one of them is NaN, or infinite. */
function distanceOf(expected: number, got: number | undefined): number {
  if (Object.is(expected, got) || expected === got) return 0
  const far = Math.abs(expected - (got ?? Number.NaN))
  return Number.isNaN(far) ? Infinity : far
}

function worstPlace(expected: ArrayLike<number>, got: ArrayLike<number>) {
  let [place, distance, unequal] = [0, 0, 0]
  for (let i = 0; i < expected.length; i++) {
    const far = distanceOf(expected[i] ?? 0, got[i])
    if (far > 0) unequal += 1
    if (far > distance) [place, distance] = [i, far]
  }
  return { place, distance, unequal }
}

/** The median of the differences relative to each element, of those elements that are not 0. */
function medianOf(expected: ArrayLike<number>, got: ArrayLike<number>): number {
  const all: number[] = []
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] ?? 0
    const distance = distanceOf(value, got[i])
    if (value !== 0) all.push(Number.isFinite(value) ? distance / Math.abs(value) : distance)
  }
  all.sort((a, b) => a - b)
  return all[Math.floor((all.length - 1) / 2)] ?? 0
}

/** The index in each dimension of an element of a row-major tensor. */
function indexOf(place: number, dims: readonly number[]): number[] {
  let rest = place
  return dims
    .toReversed()
    .map((size) => {
      const index = size === 0 ? 0 : rest % size
      rest = size === 0 ? 0 : Math.floor(rest / size)
      return index
    })
    .reverse()
}

/** One line for people: where an output differs most, and by how much of its size. */
export function differenceText({ name, relative, size, index, expected, got }: Difference): string {
  const at = index.length === 0 ? '' : ` at [${index.join(', ')}]`
  return `${name}${at}: got ${short(got)}, expected ${short(expected)}, ${relative.toExponential(1)} of its size ${short(size)}`
}

const short = (value: number) => String(Number(value.toPrecision(6)))
