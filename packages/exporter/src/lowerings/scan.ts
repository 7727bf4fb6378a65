// Running sums and products along an axis.
import { attr, tensorOf } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/** Which way, and whether an element counts for its own result. */
interface Scan {
  readonly axis: number
  readonly exclusive: boolean
  readonly reverse: boolean
}

/** The attributes with an axis from the front. */
function scanOf({ axis, exclusive, reverse }: Scan, rank: number): Scan {
  return { axis: axis < 0 ? axis + rank : axis, exclusive, reverse }
}

function numbersOf(x: Operand, recorder: Recorder): Operand {
  return x.dataType === 'bool' ? recorder.cast(x, 'int32') : x
}

/** cumsum(x: Tensor, axis: number, exclusive: boolean, reverse: boolean) */
const cumsum: Lowering<'Cumsum'> = ({ x }, attributes, recorder) => {
  const { axis, exclusive, reverse } = scanOf(attributes, x.dims.length)
  const place = recorder.builder.initializer('axis', tensorOf('int64', [], [axis]))
  return recorder.node('CumSum', [numbersOf(x, recorder), place], {
    exclusive: attr.int(exclusive ? 1 : 0),
    reverse: attr.int(reverse ? 1 : 0),
  })
}

/**
 * cumprod(x: Tensor, axis: number, exclusive: boolean, reverse: boolean). ONNX has no operator for
 * it: products over 2, 4, 8, … elements are built until they span the axis (Hillis and Steele 1986).
 */
const cumprod: Lowering<'Cumprod'> = ({ x }, attributes, recorder) => {
  const scan = scanOf(attributes, x.dims.length)
  const size = x.dims[scan.axis] ?? 1
  const numbers = numbersOf(x, recorder)
  if (x.dims.includes(0)) {
    return numbers
  }
  // How many steps there are follows from the size: it is in the names, so that an axis of symbolic
  // size gives other nodes at each size, which is refused, even where the number is the same.
  recorder.builder.scope = `${recorder.builder.scope}/product_along_${size}`
  let products = scan.exclusive ? shifted(numbers, 1, { scan, recorder }) : numbers
  for (let span = 1; span < size; span *= 2) {
    products = recorder.node('Mul', [products, shifted(products, span, { scan, recorder })])
  }
  return products
}

interface Context {
  readonly scan: Scan
  readonly recorder: Recorder
}

/** Moves elements along the axis, away from where the scan begins; ones come in. */
function shifted(x: Operand, by: number, { scan, recorder }: Context): Operand {
  const { axis, reverse } = scan
  const none = x.dims.map(() => 0)
  const moved = none.map((_, i) => (i === axis ? by : 0))
  const pads = recorder.list(reverse ? [...none, ...moved] : [...moved, ...none])
  const one = recorder.value(recorder.fill(x.dataType, [], 1))
  const longer = recorder.builder.node('Pad', [recorder.value(x), pads, one])
  const [start, end] = reverse ? [by, Number.MAX_SAFE_INTEGER] : [0, -by]
  const range = [start, end, axis].map((place) => recorder.list([place]))
  return operandOf(recorder.builder.node('Slice', [longer, ...range]))
}

export const scan = { Cumprod: cumprod, Cumsum: cumsum } as const
