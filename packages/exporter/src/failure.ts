// What to tell of an error of the user's function: whether it comes at every size, and where.
import type { Sizes } from './affine.js'
import { batchOf, TraceError } from './error.js'
import { placeOf } from './explain.js'
import { sizesText } from './same-nodes.js'

/** A function that failed, and how to see whether it runs at other sizes. */
export interface Failed {
  readonly name: string
  /** Of the inputs, whose multiples and ranges can be named. */
  readonly symbols: readonly string[]
  readonly sizes: Sizes
  /** Sizes that are fixed, which no symbol stands for. */
  readonly fixed: readonly number[]
  readonly inputs: Readonly<Record<string, { readonly dims: readonly (number | string)[] }>>
  readonly others: readonly Sizes[]
  readonly runs: (sizes: Sizes) => boolean
}

/**
 * The error with symbols in place of the sizes that were met, which are none that the user chose.
 * Where the function runs at other sizes, it is told which, and what may be said of them.
 */
export function failure(error: unknown, failed: Failed): unknown {
  const { name, sizes } = failed
  if (!(error instanceof Error) || Object.keys(sizes).length === 0) {
    return error
  }
  const batch = batchOf(error)
  if (batch !== undefined) {
    const advice = `expected the same; fix it: ${fixedBatch(failed, batch)}`
    return new TraceError(`${error.message}, ${advice}`, { cause: error })
  }
  const told = withSymbols(error.message, failed)
  if (error instanceof TraceError) {
    return told === error.message ? error : new TraceError(told, { cause: error })
  }
  const works = failed.others.find(failed.runs)
  const text =
    works === undefined
      ? `${name}: ${told}`
      : `${name}: the function fails at ${sizesText(sizes)}, got "${error.message}", expected it to run at any size, as it does at ${sizesText(works)}${hint(failed, works)}`
  return new TraceError(`${text}${placeOf(error)}`, { cause: error })
}

/** The shapes of the inputs whose batch is open, with one that is fixed. */
function fixedBatch({ inputs }: Failed, batch: number): string {
  const shapes = Object.entries(inputs).flatMap(
    ([
      name,
      {
        dims: [first, ...rest],
      },
    ]) => (typeof first === 'string' ? [`${name}: [${[batch, ...rest].join(', ')}]`] : []),
  )
  return `{ ${shapes.join(', ')} }`
}

function hint({ symbols, sizes, others, runs }: Failed, works: Sizes): string {
  const symbol = symbols.find((each) => works[each] !== sizes[each]) ?? symbols.at(-1)
  if (symbol === undefined) return ''
  const size = sizes[symbol] ?? 0
  const less = others.filter((each) => (each[symbol] ?? 0) < size)
  const most = Math.max(...less.filter(runs).map((each) => each[symbol] ?? 0))
  return (works[symbol] ?? 0) < size
    ? `; where a size has a least or largest one, name them (ranges: { ${symbol}: [1, ${most}] })`
    : `; where it needs multiples of a size, name them (multiples: { ${symbol}: 8 })`
}

/** Lists of sizes, such as [11, 3], with the names of those that are open. */
function withSymbols(message: string, { sizes, fixed }: Failed): string {
  const names = new Map(
    Object.entries(sizes).flatMap(([symbol, size]) =>
      size < LEAST_TOLD || fixed.includes(size) ? [] : [[String(size), symbol] as const],
    ),
  )
  const named = (list: string) => list.replace(/\d+/g, (size) => names.get(size) ?? size)
  return message.replace(/\[\d+(?:, ?\d+)*\]|(?<![\d.,])\d+(?:, ?\d+)+(?![\d.])/g, named)
}

/** Smaller sizes may well be others of the same value. */
const LEAST_TOLD = 11
