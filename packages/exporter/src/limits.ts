// Tells the numbers that a function gives from the sizes that TensorFlow.js has cut them down to.
import { fitAffine, type Sizes } from './affine.js'
import { TraceError } from './error.js'
import type { Limit } from './open.js'

/** So much larger are sizes at which a number shows that was cut down to smaller ones. */
const WIDE = 4096

/** What the traces saw of limits, and how to see it at other sizes. */
export interface SeenLimits {
  readonly seen: readonly (readonly Limit[])[]
  readonly probes: readonly Sizes[]
  readonly at: (sizes: Sizes) => readonly Limit[]
}

/**
 * By name: the limits that depend on a size by being cut down to it alone, so that the number itself
 * does as well. One that is as large at any size, and so is the size itself, is left out.
 *
 * @throws TraceError where such a limit gives a result its shape
 */
export function plainLimits({ seen, probes, at }: SeenLimits): ReadonlyMap<string, number> {
  const [first = []] = seen
  const [base = {}] = probes
  const plain = first.flatMap(({ name }, i): [string, number][] => {
    const all = seen.flatMap((limits) => limits[i] ?? [])
    const bounds = all.map(({ bound }) => bound)
    const [{ value, shapes } = { value: 0 }] = all
    if (same(bounds) || (shapes === undefined && all.every((each) => each.value === value))) {
      return []
    }
    const slopes = fitAffine(bounds, probes)?.slopes ?? base
    const wide = Object.entries(base).map(
      ([symbol, size]) => [symbol, symbol in slopes ? size * WIDE : size] as const,
    )
    const limit = at(Object.fromEntries(wide))[i]
    const cut = (bound: number) => Math.min(limit?.value ?? 0, bound)
    return limit && limit.value < limit.bound && all.every((each) => each.value === cut(each.bound))
      ? [[name, checked(limit)]]
      : []
  })
  return new Map(plain)
}

function same(numbers: readonly number[]): boolean {
  return numbers.every((each) => each === numbers[0])
}

function checked({ value, shapes }: Limit): number {
  if (shapes !== undefined) {
    throw new TraceError(
      `${shapes}: pads its result to ${value} or to what there is, which depends on an open size, expected one size; fix the number of boxes`,
    )
  }
  return value
}
