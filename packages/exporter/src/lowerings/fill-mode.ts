// Coordinates outside an image, mapped into it as a fill mode says.
import type { Value } from '@anyvae/onnx'
import type { Coordinates } from './coordinates.js'

interface FillMode {
  readonly fillMode: 'constant' | 'reflect' | 'wrap' | 'nearest'
  /** Of the image, along the axis. */
  readonly size: number
}

/** Where in the image a coordinate falls; with `constant` it stays outside. */
export function mapCoordinate(c: Coordinates, value: Value, mode: FillMode): Value {
  const { fillMode, size } = mode
  if (fillMode === 'constant') {
    return value
  }
  const last = c.size(size - 1)
  const clamp = (each: Value) => c.apply('Max', c.number(0), c.apply('Min', each, last))
  if (fillMode === 'nearest' || size <= 1) {
    return clamp(value)
  }
  return clamp(fillMode === 'reflect' ? reflect(c, value, size) : wrap(c, value, size))
}

/** [dcba|abcd|dcba] */
function reflect(c: Coordinates, value: Value, size: number): Value {
  const [length, period] = [c.size(size), c.size(2 * size)]
  const periods = (each: Value) => c.apply('Mul', period, wholes(c, each, period))
  const minusOne = (each: Value) => c.apply('Sub', each, c.number(1))
  const low = c.apply('Add', periods(c.apply('Neg', value)), value)
  const below = c.apply(
    'Where',
    c.apply('Less', low, c.apply('Neg', length)),
    c.apply('Add', low, period),
    minusOne(c.apply('Neg', low)),
  )
  const high = c.apply('Sub', value, periods(value))
  const above = c.apply(
    'Where',
    c.apply('GreaterOrEqual', high, length),
    minusOne(c.apply('Sub', period, high)),
    high,
  )
  return c.apply('Where', c.apply('Less', value, c.number(0)), below, above)
}

/** [abcd|abcd|abcd], with the periods of TensorFlow.js, one shorter than the image. */
function wrap(c: Coordinates, value: Value, size: number): Value {
  const [length, last] = [c.size(size), c.size(size - 1)]
  const lengths = (each: Value) => c.apply('Mul', length, each)
  const periods = c.apply('Add', wholes(c, c.apply('Neg', value), last), c.number(1))
  const below = c.apply('Add', value, lengths(periods))
  const above = c.apply('Sub', value, lengths(wholes(c, value, last)))
  const high = c.apply('Where', c.apply('Greater', value, last), above, value)
  return c.apply('Where', c.apply('Less', value, c.number(0)), below, high)
}

/** How often a length fits into a coordinate from 0 on. */
function wholes(c: Coordinates, value: Value, length: Value): Value {
  return c.apply('Floor', c.apply('Div', value, length))
}
