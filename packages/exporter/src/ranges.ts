// Constants that count, such as 0, 1, 2 up to a size, found from traces at several sizes.
import { type Affine, dimName, fitAffine, type Sizes } from './affine.js'

/** Numbers from a start to before a limit. */
export interface Counting {
  readonly start: Affine
  readonly limit: Affine
  readonly step: number
  /** How many numbers there are, for readers of the graph. */
  readonly count: number | string
}

/** What counts by the same step in all lists, where ends are affine functions of the sizes. */
export function fitRange(
  lists: readonly (readonly number[])[],
  probes: readonly Sizes[],
): Counting | undefined {
  const [first = []] = lists
  const step = (first[1] ?? 0) - (first[0] ?? 0)
  const counts = (list: readonly number[]) =>
    list.length > 0 && list.every((value, i) => value === (list[0] ?? 0) + i * step)
  if (step === 0 || !Number.isInteger(step) || !lists.every(counts)) {
    return undefined
  }
  const starts = lists.map((list) => list[0] ?? 0)
  const start = fitAffine(starts, probes)
  const limit = fitAffine(
    lists.map((list, i) => (starts[i] ?? 0) + list.length * step),
    probes,
  )
  const count = fitAffine(
    lists.map((list) => list.length),
    probes,
  )
  return start && limit && count && { start, limit, step, count: dimName(count) }
}
