// Sizes as affine functions of symbolic dimensions, found from traces at several sizes.

/** Sizes of the symbolic dimensions, by name. */
export type Sizes = Readonly<Record<string, number>>

/** constant + the sum of slope times size. */
export interface Affine {
  readonly constant: number
  /** By symbol; those that do not count are left out. */
  readonly slopes: Readonly<Record<string, number>>
}

/** Sizes that differ, so that dimensions are told apart, and are no multiples of usual ones. */
const PROBES = [11, 13, 17, 19, 23, 29, 31]

/** How far the last probe is from the others, so that rounding to multiples shows. */
const FAR = 97

/**
 * The sizes to trace at: first all symbols at a size each, then each symbol alone changed, last all
 * changed, to see whether the functions found are affine indeed. Without symbols: twice the same.
 */
export function probeSizes(symbols: readonly string[]): Sizes[] {
  const base = Object.fromEntries(symbols.map((symbol, i) => [symbol, PROBES[i] ?? 37 + 2 * i]))
  const raised = (changed: readonly string[], by: number) =>
    Object.fromEntries(
      symbols.map((symbol) => [symbol, (base[symbol] ?? 0) + (changed.includes(symbol) ? by : 0)]),
    )
  return [base, ...symbols.map((symbol) => raised([symbol], 1)), raised(symbols, FAR)]
}

/** The affine function through what was seen at the probe sizes, or undefined where there is none. */
export function fitAffine(seen: readonly number[], probes: readonly Sizes[]): Affine | undefined {
  const symbols = Object.keys(probes[0] ?? {})
  const first = seen[0] ?? 0
  const slopes = symbols.map((symbol, i) => [symbol, (seen[i + 1] ?? 0) - first] as const)
  const affine = {
    constant: slopes.reduce(
      (rest, [symbol, slope]) => rest - slope * (probes[0]?.[symbol] ?? 0),
      first,
    ),
    slopes: Object.fromEntries(slopes.filter(([, slope]) => slope !== 0)),
  }
  return probes.every((sizes, i) => evaluate(affine, sizes) === seen[i]) ? affine : undefined
}

function evaluate(affine: Affine, sizes: Sizes): number {
  return Object.entries(affine.slopes).reduce(
    (sum, [symbol, slope]) => sum + slope * (sizes[symbol] ?? 0),
    affine.constant,
  )
}

/** The size itself where it is constant, the symbol where it is just that, else undefined. */
export function plainDim(affine: Affine): number | string | undefined {
  const [first, ...others] = Object.entries(affine.slopes)
  if (first === undefined) {
    return affine.constant
  }
  const plain = others.length === 0 && first[1] === 1 && affine.constant === 0
  return plain ? first[0] : undefined
}
