// Sizes that are rounded, such as half of a size, and products of sizes, found from several traces.
import { type Affine, evaluate, fitAffine, type Sizes } from './affine.js'
import { fitPower } from './powers.js'

/**
 * What grows by `by` each time that a symbol grows by `period`, and in between as a table says: half of
 * a size rounded down, up or to the nearest, the rest of a division, and sums of such. `rest` is what
 * the other symbols add.
 */
export interface Periodic {
  readonly kind: 'periodic'
  readonly symbol: string
  readonly period: number
  /** What the symbol's sizes are multiples of: the table has an entry for each multiple of a period. */
  readonly multiple: number
  readonly by: number
  readonly table: readonly number[]
  readonly rest: Affine
}

/** A whole number times a product of factors of one symbol each, such as height · width. */
export interface Product {
  readonly kind: 'product'
  readonly coefficient: number
  readonly factors: readonly Affine[]
}

/** How a size follows from symbols. */
export type SizeFunction = Affine | Periodic | Product

export function isAffine(fn: SizeFunction): fn is Affine {
  return !('kind' in fn)
}

/** The longest period that is looked for: beyond it the traces would not tell. */
const LONGEST = 8

/** So many sizes more than a period has must agree before it is believed. */
const MORE = 3

/** The function through what was seen at the probe sizes, or undefined where there is none. */
export function fitSize(
  seen: readonly number[],
  probes: readonly Sizes[],
  multiples: Sizes,
): SizeFunction | undefined {
  return fitAffine(seen, probes) ?? fitPeriodic(seen, probes, multiples) ?? fitProduct(seen, probes)
}

function fitPeriodic(
  seen: readonly number[],
  probes: readonly Sizes[],
  multiples: Sizes,
): Periodic | undefined {
  const [base = {}] = probes
  for (const symbol of Object.keys(base)) {
    const rest = restOf(seen, probes, symbol)
    const own = seen.map((value, i) => value - evaluate(rest, probes[i] ?? {}))
    const sizes = probes.map((each) => each[symbol] ?? 0)
    const multiple = multiples[symbol] ?? 1
    for (let steps = 2; steps <= LONGEST; steps++) {
      const found = periodicOf({ own, sizes, period: steps * multiple, multiple })
      if (found) return { kind: 'periodic', symbol, multiple, rest, ...found }
    }
  }
  return undefined
}

/** What the other symbols add, from where each alone was changed. */
function restOf(seen: readonly number[], probes: readonly Sizes[], symbol: string): Affine {
  const [base = {}] = probes
  const slopes = Object.keys(base).flatMap((other, i) => {
    const per = (probes[i + 1]?.[other] ?? 0) - (base[other] ?? 0)
    const by = (seen[i + 1] ?? 0) - (seen[0] ?? 0)
    return other === symbol || by === 0 ? [] : [[other, { by, per }] as const]
  })
  return { constant: 0, slopes: Object.fromEntries(slopes) }
}

interface Sampled {
  readonly own: readonly number[]
  readonly sizes: readonly number[]
  readonly period: number
  readonly multiple: number
}

function periodicOf({ own, sizes, period, multiple }: Sampled) {
  const steps = period / multiple
  const rest = (size: number) => (size % period) / multiple
  const quotient = (size: number) => Math.floor(size / period)
  if (new Set(sizes).size < steps + MORE || !own.every(Number.isInteger)) return undefined
  const [near, far] = sameRest(sizes, rest)
  if (near === undefined || far === undefined) return undefined
  const by =
    ((own[far] ?? 0) - (own[near] ?? 0)) / (quotient(sizes[far] ?? 0) - quotient(sizes[near] ?? 0))
  const table = Array.from({ length: steps }, (_, k) => {
    const at = sizes.findIndex((size) => rest(size) === k)
    return (own[at] ?? NaN) - by * quotient(sizes[at] ?? 0)
  })
  const fits = sizes.every((size, i) => by * quotient(size) + (table[rest(size)] ?? NaN) === own[i])
  return Number.isInteger(by) && table.every(Number.isInteger) && fits
    ? { period, by, table }
    : undefined
}

/** Two places with different sizes that leave the same rest. */
function sameRest(sizes: readonly number[], rest: (size: number) => number) {
  for (const [i, size] of sizes.entries()) {
    const other = sizes.findIndex((each) => each !== size && rest(each) === rest(size))
    if (other >= 0) return [i, other] as const
  }
  return []
}

function fitProduct(seen: readonly number[], probes: readonly Sizes[]): Product | undefined {
  const power = fitPower(seen.map(Math.fround), probes)
  if (power?.exponent !== 1 || !Number.isInteger(power.coefficient)) return undefined
  const { coefficient, factors } = power
  const product = (sizes: Sizes) =>
    factors.reduce((all, factor) => all * evaluate(factor, sizes), coefficient)
  const fits = probes.every((sizes, i) => product(sizes) === seen[i])
  const isWhole = factors.every(({ constant }) => Number.isInteger(constant))
  return fits && isWhole ? { kind: 'product', coefficient, factors } : undefined
}
