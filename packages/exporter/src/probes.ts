// The sizes at which a function is traced.
import type { Sizes } from './affine.js'

/** By symbol: the least and the largest size. */
export type Ranges = Readonly<Record<string, readonly [least: number, most: number]>>

/** The symbols to trace at several sizes, and what is known of them. */
export interface Probed {
  readonly symbols: readonly string[]
  /** By symbol: what its sizes are multiples of, default 1. */
  readonly multiples?: Sizes
  readonly ranges?: Ranges
}

/** Sizes for all symbols. */
export interface Probe {
  readonly sizes: Sizes
  /** Whether the function may fail there, as many do at small sizes and some at large ones. */
  readonly optional: boolean
}

/** Sizes that differ, so that dimensions are told apart, and are no multiples of usual ones. */
const FIRST = [11, 13, 17, 19, 23, 29, 31]

/** How far all are raised together, in sizes and at least in steps, so that rounding shows. */
const FAR = { sizes: 97, steps: 9 }

/** About as large is each alone, so that a least of a size and a number shows. */
const WIDEST = 1009

/** All are raised together by these, so that every remainder by a usual stride is met. */
const RAISED = [1, 2, 3, 4, 5, 6, 7]

/** The small sizes of the first symbol; the others follow it. */
const LOW = [2, 3, 5, 7]

/** The first size of the symbol at a place in the list. */
export function probeSize(place: number): number {
  return FIRST[place] ?? 37 + 2 * place
}

/** The first size of the symbol at a place in the list, within its range. */
export function firstSize(
  place: number,
  [least, most]: readonly [least: number, most: number] = [1, Infinity],
): number {
  // One more than the first size is traced too.
  return within(probeSize(place), [least, most - 1])
}

/** The sizes of the first trace. */
export function firstSizes(probed: Probed): Sizes {
  return sizesOf(probed, first)
}

/**
 * The sizes to trace at: first all symbols at a size each, then each symbol alone changed, so that
 * what a size adds is known; the others tell whether it adds as much everywhere. Without symbols:
 * twice the same.
 */
export function probesOf(probed: Probed): Probe[] {
  const { symbols } = probed
  const at = (optional: boolean) => (of: (step: Step) => number) => ({
    sizes: sizesOf(probed, of),
    optional,
  })
  const each = (of: (step: Step) => number) =>
    symbols.map((one) => (step: Step) => (step.symbol === one ? of(step) : step.first))
  const needed = [first, ...each(({ first }) => first + 1), ...RAISED.map((by) => raised(by))]
  const optional = [
    ({ first, multiple }: Step) => first + Math.max(Math.ceil(FAR.sizes / multiple), FAR.steps),
    ...each(({ first, multiple }) => Math.max(Math.ceil(WIDEST / multiple), first + 2 * FAR.steps)),
    ...LOW.map(
      (low) =>
        ({ multiple, place }: Step) =>
          low + (multiple > 1 ? -1 : place),
    ),
    ...each(() => 1),
  ]
  if (symbols.length === 0) {
    return [first, first].map(at(false))
  }
  const all = [...needed.map(at(false)), ...optional.map(at(true))]
  const texts = all.map(({ sizes }) => JSON.stringify(sizes))
  return all.filter((_, i) => texts.indexOf(texts[i] ?? '') === i)
}

const first = (step: Step) => step.first
const raised = (by: number) => (step: Step) => step.first + by

/** What is known of a symbol, its first size in steps of its multiple. */
interface Step {
  readonly symbol: string
  readonly place: number
  readonly first: number
  readonly multiple: number
}

function sizesOf({ symbols, multiples = {}, ranges = {} }: Probed, of: (step: Step) => number) {
  const sizes = symbols.map((symbol, place) => {
    const multiple = multiples[symbol] ?? 1
    const [low, high] = ranges[symbol] ?? [1, Infinity]
    const [least, most] = [Math.ceil(low / multiple), Math.floor(high / multiple)]
    const first = firstSize(place, [least, most])
    const steps = within(of({ symbol, place, first, multiple }), [least, most])
    return [symbol, steps * multiple] as const
  })
  return Object.fromEntries(sizes)
}

/** The number where it is in a range, else one that is: a bit above is as much below, else the nearest end. */
function within(value: number, [least, most]: readonly [number, number]): number {
  const above = value - most
  if (above <= 0) return Math.max(value, least)
  return above > RAISED.length ? most : most - (above % (most - least + 1))
}
