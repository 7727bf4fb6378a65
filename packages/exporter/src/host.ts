// Finds random numbers that a traced function drew on the host.
import { TraceError } from './error.js'

/** TensorFlow.js operations that write numbers which they drew, by the scopes that they open. */
const DRAWING = /^(rand|random\w*|truncatedNormal)__op$/

/** The same, and operations that call them. */
const RANDOM = /^(rand|random\w*|truncatedNormal|multinomial|dropout)__op$/

/**
 * The scope of the operation that writes itself, if any. Numbers that an operation within a drawing one
 * writes are none that were drawn, such as the rate of a dropout.
 */
export function innermostOp(scopes: readonly string[]): string[] {
  const op = scopes.findLast((scope) => scope.endsWith('__op'))
  return op === undefined ? [] : [op]
}

/** The operation that draws what the host writes now. */
export function drawingScope(scopes: readonly string[]): string | undefined {
  const [op = ''] = innermostOp(scopes)
  return DRAWING.test(op) ? op.replace('__op', '') : undefined
}

/** So few numbers may well be meant as constants; tensors of random numbers are larger. */
const FEW = 16

/** As many are looked at, the first ones, however many there are. */
const MANY = 65536

/**
 * Which values the host may write during a trace: any; none that a drawing operation of
 * TensorFlow.js makes; or of the others only those that do not look drawn either.
 */
export type HostValueRule = 'any' | 'undrawn' | 'plain'

/** Values that the host writes during a trace. */
export interface HostValues {
  readonly values: ArrayLike<number>
  readonly shape: readonly number[]
  /** The names of the scopes around, outermost first. */
  readonly scopes: readonly string[]
}

/**
 * Refuses values that were drawn at random, which would be the same at every run of the graph: what
 * a drawing operation of TensorFlow.js writes, and by the rule `plain` what looks drawn, that is many
 * numbers, not whole and next to none twice. This also catches seeded draws, which are the same in
 * every trace and so cannot be told by comparing traces.
 */
export function checkHostValues({ values, shape, scopes }: HostValues, rule: HostValueRule): void {
  const isDrawn = scopes.some((scope) => DRAWING.test(scope))
  const drawing = isDrawn
    ? scopes.find((scope) => RANDOM.test(scope))?.replace('__op', '')
    : undefined
  if (rule === 'any' || (drawing === undefined && (rule === 'undrawn' || !looksDrawn(values)))) {
    return
  }
  const what =
    drawing === undefined ? 'makes a tensor of values' : `draws random numbers (${drawing})`
  const allowed = rule === 'plain' ? ' or allow them with allowHostValues' : ''
  throw new TraceError(
    `trace: the function ${what} on the host, got shape [${shape.join(', ')}], expected tensor operations alone; make random numbers an input (noiseInputs does), create true constants outside the function${allowed}`,
  )
}

function looksDrawn(values: ArrayLike<number>): boolean {
  const list = Array.prototype.slice.call(values, 0, MANY) as number[]
  return list.length > FEW && !list.every(Number.isInteger) && new Set(list).size >= list.length / 2
}
