// Images projected onto others: each pixel comes from a computed place of the image.
import { attr, type Value } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import { Coordinates } from './coordinates.js'
import { mapCoordinate } from './fill-mode.js'
import type { Lowering } from './lowering.js'

/**
 * transform(image: Tensor4D, transforms: Tensor2D, interpolation, fillMode, fillValue, outputShape);
 * transforms are [batch or 1, 8], from pixels of the result to those of the image.
 */
const transform: Lowering<'Transform'> = ({ image, transforms }, attributes, recorder) => {
  const { fillMode, fillValue, interpolation } = attributes
  const [batch = 1, height = 1, width = 1, channels = 1] = image.dims
  const size = attributes.outputShape ?? [height, width]
  const dims = [batch, ...size, channels]
  if ([...dims, ...image.dims].includes(0)) {
    return recorder.fill(image.dataType, dims, fillValue)
  }
  const c = new Coordinates(recorder.builder)
  const warp: Warp = {
    recorder,
    c,
    image,
    shared: transforms.dims[0] === 1,
    fill: recorder.fill(image.dataType, [], fillValue),
  }
  const { finite, rows, columns } = projected(warp, transforms, size)
  const places = {
    rows: mapCoordinate(c, rows, { fillMode, size: height }),
    columns: mapCoordinate(c, columns, { fillMode, size: width }),
  }
  const warped = interpolation === 'bilinear' ? bilinear(warp, places) : nearest(warp, places)
  return recorder.node('Where', [c.widen(finite, 3), operandOf(warped), warp.fill])
}

interface Warp {
  readonly recorder: Recorder
  readonly c: Coordinates
  readonly image: Operand
  /** Whether one transform is for all images. */
  readonly shared: boolean
  readonly fill: Operand
}

/** Places in the image, float64, [transforms, height, width] each. */
interface Places {
  readonly rows: Value
  readonly columns: Value
}

function projected(
  { recorder, c }: Warp,
  transforms: Operand,
  [height, width]: readonly [number, number],
): Places & { readonly finite: Value } {
  const { builder } = recorder
  const all = builder.cast(recorder.value(transforms), 'float64')
  const [x, y] = [c.count(width), c.widen(c.count(height), 1)]
  const coefficient = (i: number) =>
    c.widen(builder.node('Gather', [all, recorder.list([i])], { axis: attr.int(1) }), 2)
  const plane = (i: number, constant: Value) => {
    const [across, down] = [coefficient(i), coefficient(i + 1)]
    return c.apply(
      'Add',
      c.apply('Add', c.apply('Mul', across, x), c.apply('Mul', down, y)),
      constant,
    )
  }
  const projection = plane(6, c.number(1))
  const finite = c.apply('Not', c.apply('Equal', projection, c.number(0)))
  const divisor = c.apply('Where', finite, projection, c.number(1))
  const [columns, rows] = [plane(0, coefficient(2)), plane(3, coefficient(5))]
  return { finite, rows: c.apply('Div', rows, divisor), columns: c.apply('Div', columns, divisor) }
}

function nearest(warp: Warp, { rows, columns }: Places): Value {
  return pixels(warp, { rows: warp.c.round(rows), columns: warp.c.round(columns) })
}

function bilinear(warp: Warp, { rows, columns }: Places): Value {
  const { c } = warp
  const next = (low: Value) => c.apply('Add', low, c.number(1))
  const [top, left] = [c.apply('Floor', rows), c.apply('Floor', columns)]
  const [bottom, right] = [next(top), next(left)]
  const mix = (low: Value, high: Value, weights: readonly [Value, Value]) =>
    c.apply('Add', c.apply('Mul', weights[0], low), c.apply('Mul', weights[1], high))
  const weight = (from: Value, to: Value) => c.widen(c.fraction(to, from), 3)
  const line = (row: Value) => {
    const at = (column: Value) => pixels(warp, { rows: row, columns: column })
    return mix(at(left), at(right), [weight(columns, right), weight(left, columns)])
  }
  return mix(line(top), line(bottom), [weight(rows, bottom), weight(top, rows)])
}

/** The pixels at whole places, and the fill value where they lie outside. */
function pixels({ recorder, c, image, shared, fill }: Warp, { rows, columns }: Places): Value {
  const { builder } = recorder
  const [batch = 1, height = 1, width = 1, channels = 1] = image.dims
  const inside = c.apply(
    'And',
    c.inside(rows, c.size(height - 1)),
    c.inside(columns, c.size(width - 1)),
  )
  const start = c.apply('Mul', c.where(inside, rows), c.size(width))
  const places = c.index(c.apply('Add', start, c.where(inside, columns)))
  const flat = builder.reshape(recorder.value(image), [batch, height * width, channels])
  const found = shared
    ? builder.node('Gather', [flat, c.apply('Squeeze', places, recorder.list([0]))], {
        axis: attr.int(1),
      })
    : builder.node('GatherND', [flat, c.widen(places, 3)], { batch_dims: attr.int(1) })
  return c.apply('Where', c.widen(inside, 3), found, recorder.value(fill))
}

export const transformation = { Transform: transform } as const
