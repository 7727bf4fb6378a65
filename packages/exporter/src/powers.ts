// Float constants as powers of sizes, such as 1 / batch, found from traces at several sizes.
import type { Affine, Sizes } from './affine.js'

/** A coefficient times a power of a product of sizes. */
export interface Power {
  readonly coefficient: number
  readonly exponent: Exponent
  /** Each a function of one symbol. */
  readonly factors: readonly Affine[]
}

const EXPONENTS = [1, -1, 0.5, -0.5] as const
type Exponent = (typeof EXPONENTS)[number]

/** The power that gives each number seen at the probe sizes, to the last bit of float32. */
export function fitPower(seen: readonly number[], probes: readonly Sizes[]): Power | undefined {
  const [first = 0] = seen
  if (first === 0 || !seen.every((value) => Number.isFinite(value / first))) {
    return undefined
  }
  for (const exponent of EXPONENTS) {
    const factors = factorsOf(
      seen.map((value) => (value / first) ** (1 / exponent)),
      probes,
    )
    const products = factors && probes.map((sizes) => productOf(factors, sizes))
    const coefficient = products && coefficientOf(seen, products, exponent)
    if (coefficient !== undefined && factors !== undefined && factors.length > 0) {
      return { coefficient, exponent, factors }
    }
  }
  return undefined
}

/** By what a product grows, from where each symbol alone was changed: size + constant, or twice that. */
function factorsOf(growth: readonly number[], probes: readonly Sizes[]): Affine[] | undefined {
  const [base = {}] = probes
  const factors = Object.entries(base).map(([symbol, size], i) => {
    const more = (growth[i + 1] ?? 1) - 1
    if (Math.abs(more) < ROUNDING) {
      return []
    }
    const twice = 2 * (((probes[i + 1]?.[symbol] ?? 0) - size) / more - size)
    const constant = Math.round(twice) + 0
    const by = constant % 2 === 0 ? 1 : 2
    const near = Math.abs(twice - constant) < NEAR
    return near
      ? [{ constant: (constant * by) / 2, slopes: { [symbol]: { by, per: 1 } } }]
      : undefined
  })
  return factors.every((each) => each !== undefined) ? factors.flat() : undefined
}

/** Of float32 numbers and their squares. */
const ROUNDING = 1e-6
/** How near to a whole number what is computed from such numbers must be. */
const NEAR = 0.02

function productOf(factors: readonly Affine[], sizes: Sizes): number {
  return factors.reduce((product, { constant, slopes }) => {
    const terms = Object.entries(slopes).map(([symbol, { by }]) => by * (sizes[symbol] ?? 0))
    return product * terms.reduce((sum, term) => sum + term, constant)
  }, 1)
}

/** The simplest number that gives all that was seen. */
function coefficientOf(
  seen: readonly number[],
  products: readonly number[],
  exponent: Exponent,
): number | undefined {
  const raw = (seen[0] ?? 0) / powerOf(1, products[0] ?? 1, exponent)
  const digits = [1, 2, 3, 4, 5, 6, 7]
  const short = digits.map((count) => Number(raw.toPrecision(count)))
  const parts = digits.map((count) => 1 / Number((1 / raw).toPrecision(count)))
  return [...short, ...parts, raw].find((coefficient) =>
    products.every(
      (product, i) => Math.fround(powerOf(coefficient, product, exponent)) === seen[i],
    ),
  )
}

/** In double precision, by the operations that the graph has. */
function powerOf(coefficient: number, product: number, exponent: Exponent): number {
  const root = Math.abs(exponent) === 1 ? product : Math.sqrt(product)
  return exponent > 0 ? coefficient * root : coefficient / root
}
