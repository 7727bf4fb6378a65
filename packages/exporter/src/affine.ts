// Sizes as affine functions of symbolic dimensions, found from traces at several sizes.

/** Sizes of the symbolic dimensions, by name. */
export type Sizes = Readonly<Record<string, number>>

/** By how much a size grows with a symbol, `by / per`, in lowest terms. */
export interface Slope {
  readonly by: number
  readonly per: number
}

/** constant + the sum of slope times size. */
export interface Affine {
  readonly constant: number
  /** By symbol; those that do not count are left out. */
  readonly slopes: Readonly<Record<string, Slope>>
}

/** The affine function through what was seen at the probe sizes, or undefined where there is none. */
export function fitAffine(seen: readonly number[], probes: readonly Sizes[]): Affine | undefined {
  const [base = {}] = probes
  const first = seen[0] ?? 0
  const slopes = Object.keys(base).map((symbol, i) => {
    const step = (probes[i + 1]?.[symbol] ?? 0) - (base[symbol] ?? 0)
    return [symbol, slopeOf((seen[i + 1] ?? 0) - first, step)] as const
  })
  const affine = {
    constant: slopes.reduce((rest, [symbol, slope]) => rest - grown(slope, base[symbol]), first),
    slopes: Object.fromEntries(slopes.filter(([, { by }]) => by !== 0)),
  }
  return probes.every((sizes, i) => evaluate(affine, sizes) === seen[i]) ? affine : undefined
}

function slopeOf(by: number, per: number): Slope {
  const divisor = greatestDivisor(Math.abs(by), per)
  return { by: by / divisor, per: per / divisor }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? Math.max(a, 1) : greatestDivisor(b, a % b)
}

function grown({ by, per }: Slope, size = 0): number {
  return (size / per) * by
}

/** Its value at sizes of the symbols. */
export function evaluate(affine: Affine, sizes: Sizes): number {
  return Object.entries(affine.slopes).reduce(
    (sum, [symbol, slope]) => sum + grown(slope, sizes[symbol]),
    affine.constant,
  )
}

/** The size itself where it is constant, the symbol where it is just that, else undefined. */
export function plainDim({ constant, slopes }: Affine): number | string | undefined {
  const [first, ...others] = Object.entries(slopes)
  if (first === undefined) {
    return constant
  }
  const [symbol, { by, per }] = first
  return others.length === 0 && by === 1 && per === 1 && constant === 0 ? symbol : undefined
}

/** A name for a size, such as `height_over_2_plus_1`, for readers of the graph. */
export function dimName(affine: Affine): number | string {
  const terms = Object.entries(affine.slopes).map(([symbol, { by, per }]) => {
    const times = by === 1 ? symbol : `${symbol}_times_${signed(by)}`
    return per === 1 ? times : `${times}_over_${per}`
  })
  const { constant } = affine
  const rest = constant === 0 ? '' : `_${constant < 0 ? 'minus' : 'plus'}_${Math.abs(constant)}`
  return plainDim(affine) ?? `${terms.join('_plus_')}${rest}`
}

function signed(value: number): string {
  return value < 0 ? `minus_${-value}` : String(value)
}
