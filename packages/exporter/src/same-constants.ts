// Whether traces have the same constants, and what to tell where they have not.
import { type Graph, type Initializer, numbersOf, type TensorData } from '@anyvae/onnx'
import type { Sizes } from './affine.js'
import type { TraceError } from './error.js'
import { about } from './explain.js'
import { sizesText } from './same-nodes.js'

/** The sizes that traces were taken at, and how to take one more at the first. */
interface Traced {
  readonly probes: readonly Sizes[]
  readonly again: () => Graph
}

/**
 * The error about a constant that differs: drawn at random where it does so at equal sizes too, else
 * a function of an open size, with what was seen.
 */
export function differingConstant(
  all: readonly (Initializer | undefined)[],
  { probes, again }: Traced,
): TraceError {
  const [first] = all
  const { name = '', dims = [] } = first ?? {}
  const other = again().initializers.find((each) => each.name === name)
  const what = `${name}: a constant of shape [${dims.join(', ')}] differs from trace to trace`
  if (first && other && !sameTensor(first, other)) {
    const at = sizesText(probes[0] ?? {})
    const seen = shown([first, other]).join(' and ')
    return about(
      name,
      `${what}, got ${seen}${at === '' ? '' : `, both at ${at}`}, expected the same at each call; it is drawn at random on the host: make it an input`,
    )
  }
  const values = shown(all)
  const seen = values.flatMap((value, i) =>
    values.indexOf(value) === i ? [`${value} at ${sizesText(probes[i] ?? {})}`] : [],
  )
  return about(
    name,
    `${what}, got ${seen.slice(0, 3).join(', ')}, expected the same at all sizes; it depends on an open size: fix that size, or compute with tensors that have it`,
  )
}

/** Of each constant, the first number that is not the same in all. */
function shown(all: readonly (Initializer | undefined)[]): string[] {
  const lists = all.map((each) => (each ? numbersOf(each) : []))
  const [first = []] = lists
  const at = first.findIndex((value, i) => lists.some((list) => !Object.is(list[i], value)))
  const sized = lists.some((list) => list.length !== first.length)
  return lists.map((list, i) =>
    sized ? `shape [${all[i]?.dims.join(', ') ?? ''}]` : String(list[at]),
  )
}

/** Whether both hold the same. */
export function sameTensor(a: TensorData, b: TensorData): boolean {
  return (
    a.dataType === b.dataType &&
    a.dims.join() === b.dims.join() &&
    (a.bytes === b.bytes ||
      (a.bytes.length === b.bytes.length && a.bytes.every((byte, i) => byte === b.bytes[i])))
  )
}
