// Crops of images, resized to one size.
import { attr, type Value } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import { Coordinates } from './coordinates.js'
import type { Lowering } from './lowering.js'

/**
 * cropAndResize(image: Tensor4D, boxes: Tensor2D, boxInd: Tensor1D, cropSize, method,
 * extrapolationValue); a box of an image that is not there gives zeros.
 */
const cropAndResize: Lowering<'CropAndResize'> = (inputs, attributes, recorder) => {
  const { image, boxes, boxInd } = inputs
  const { cropSize, method, extrapolationValue } = attributes
  const [batch = 1, , , channels = 1] = image.dims
  const dims = [boxes.dims[0] ?? 0, ...cropSize, channels]
  if ([...dims, ...image.dims].includes(0)) {
    return recorder.fill('float32', dims, 0)
  }
  const c = new Coordinates(recorder.builder)
  const images = recorder.int64(boxInd)
  const known = c.apply('Less', images, recorder.list([batch]))
  const box = c.widen(c.apply('Where', known, images, recorder.list([0])), 1)
  const grid = gridOf({ image, boxes, box, cropSize }, recorder)
  const crops = method === 'bilinear' ? bilinear(grid) : pixels(grid, nearest(grid))
  const inside = c.apply('And', c.widen(grid.rows.inside, 2, 3), c.widen(grid.columns.inside, 1, 3))
  const value = recorder.fill('float32', [], extrapolationValue)
  const filled = recorder.node('Where', [inside, operandOf(crops), value])
  return recorder.node('Where', [c.widen(known, 1, 2, 3), filled, recorder.fill('float32', [], 0)])
}

/** One axis of the crops. */
interface Samples {
  /** Coordinates in the image, [boxes, count], 0 where they lie outside. */
  readonly places: Value
  readonly inside: Value
}

interface Grid {
  readonly recorder: Recorder
  readonly c: Coordinates
  readonly image: Operand
  /** The images that the boxes are of, [boxes, 1]. */
  readonly box: Value
  readonly rows: Samples
  readonly columns: Samples
}

interface Crops {
  readonly image: Operand
  readonly boxes: Operand
  readonly box: Value
  readonly cropSize: readonly [number, number]
}

function gridOf({ image, boxes, box, cropSize }: Crops, recorder: Recorder): Grid {
  const { builder } = recorder
  const c = new Coordinates(builder)
  const edges = builder.cast(recorder.value(boxes), 'float64')
  const [height = 1, width = 1] = image.dims.slice(1)
  const along = (axis: number, size: number, count: number) => {
    const edge = (i: number) =>
      builder.node('Gather', [edges, recorder.list([i])], { axis: attr.int(1) })
    return samples(c, { begin: edge(axis), end: edge(axis + 2), last: c.size(size - 1), count })
  }
  const rows = along(0, height, cropSize[0])
  return { recorder, c, image, box, rows, columns: along(1, width, cropSize[1]) }
}

interface Edge {
  /** From 0 to 1, [boxes, 1]. */
  readonly begin: Value
  readonly end: Value
  readonly last: Value
  readonly count: number
}

function samples(c: Coordinates, { begin, end, last, count }: Edge): Samples {
  const scaled = (value: Value) => c.apply('Mul', value, last)
  const steps = () => {
    const step = c.apply('Div', scaled(c.apply('Sub', end, begin)), c.number(count - 1))
    return c.apply('Add', scaled(begin), c.apply('Mul', c.count(count), step))
  }
  const middle = () => scaled(c.apply('Mul', c.number(0.5), c.apply('Add', begin, end)))
  const places = count > 1 ? steps() : middle()
  const inside = c.inside(places, last)
  return { places: c.where(inside, places), inside }
}

/** Whole coordinates, float64: rows [boxes, height] and columns [boxes, width]. */
interface Places {
  readonly rows: Value
  readonly columns: Value
}

/** The pixels at whole coordinates, [boxes, height, width, channels]. */
function pixels({ recorder, c, image, box }: Grid, { rows, columns }: Places): Value {
  const { builder } = recorder
  const [height = 1, width = 1, channels = 1] = image.dims.slice(1)
  const row = c.apply('Add', c.apply('Mul', box, recorder.list([height])), c.index(rows))
  const rowStart = c.widen(c.apply('Mul', row, recorder.list([width])), 2)
  const places = c.apply('Add', rowStart, c.widen(c.index(columns), 1))
  const flat = builder.reshape(recorder.value(recorder.cast(image, 'float32')), [-1, channels])
  return builder.node('Gather', [flat, places], { axis: attr.int(0) })
}

function nearest({ c, rows, columns }: Grid): Places {
  return { rows: c.round(rows.places), columns: c.round(columns.places) }
}

function bilinear(grid: Grid): Value {
  const { c, rows, columns } = grid
  const [top, left] = [c.apply('Floor', rows.places), c.apply('Floor', columns.places)]
  const [bottom, right] = [c.apply('Ceil', rows.places), c.apply('Ceil', columns.places)]
  const down = c.widen(c.fraction(rows.places, top), 2, 3)
  const across = c.widen(c.fraction(columns.places, left), 1, 3)
  const mix = (from: Value, to: Value, weight: Value) =>
    c.apply('Add', from, c.apply('Mul', c.apply('Sub', to, from), weight))
  const line = (row: Value) => {
    const at = (column: Value) => pixels(grid, { rows: row, columns: column })
    return mix(at(left), at(right), across)
  }
  return mix(line(top), line(bottom), down)
}

export const cropping = { CropAndResize: cropAndResize } as const
