// Gathers what windows see into the rows of matrices.
import { attr, tensorOf } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'

/** Along one axis, for each patch the places of its taps; outside of the size where there is none. */
export interface Places {
  readonly size: number
  readonly patches: readonly (readonly number[])[]
}

/**
 * Values of a matrix, 10 MB: beyond it, a few images at a time keep it in a processor's cache. The filter's
 * gradient of 64 images of 32x32x32 by 3x3 took 9.8 ms whole and 5.5 ms in eights; smaller parts gain no more.
 */
const MOST = 2.5e6

/**
 * From [batch, height, width, channels] to [images * patches, taps * channels] for all images together, or
 * for some at a time where that matrix would be large and sizes are known, since at each batch there
 * would be other groups. Zeros stand for what lies outside.
 */
export function patchRows(x: Operand, axes: readonly Places[], recorder: Recorder): Operand[] {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.dims
  const indices = placesOf(axes, width, height * width)
  const taps = axes.reduce((count, { patches }) => count * (patches[0]?.length ?? 1), 1)
  const flat = recorder.reshape(x, [batch, height * width, channels])
  const isWhole = indices.every((index, i) => index === i) && indices.length === height * width
  const parts = isWhole ? [flat] : inGroups(flat, indices.length * channels, recorder)
  return parts.map((part) => {
    const [images = 1] = part.dims
    const gathered = isWhole ? part : gather(part, indices, recorder)
    return recorder.reshape(gathered, [(images * indices.length) / taps, taps * channels])
  })
}

/** By patch and tap the pixel, or the number of all pixels where it lies outside. */
function placesOf(axes: readonly Places[], width: number, pixels: number): number[] {
  const [rows, columns] = axes as [Places, Places]
  const inRange = (place: number, { size }: Places) => place >= 0 && place < size
  return rows.patches.flatMap((down) =>
    columns.patches.flatMap((across) =>
      down.flatMap((i) =>
        across.map((j) => (inRange(i, rows) && inRange(j, columns) ? i * width + j : pixels)),
      ),
    ),
  )
}

/** As few parts of as equal numbers of images as keep each one's patches small enough. */
function inGroups(x: Operand, values: number, recorder: Recorder): Operand[] {
  const [batch = 1] = x.dims
  const groups = Math.ceil(batch / Math.max(1, Math.floor(MOST / values)))
  if (groups <= 1 || recorder.isOpen) return [x]
  const size = Math.ceil(batch / groups)
  const sizes = Array.from({ length: Math.ceil(batch / size) }, (_, i) =>
    Math.min(size, batch - i * size),
  )
  return recorder.split(x, sizes)
}

function gather(x: Operand, indices: readonly number[], recorder: Recorder): Operand {
  const pixels = x.dims[1] ?? 1
  // A pixel of zeros behind the others.
  const framed = indices.includes(pixels)
    ? recorder.node('Pad', [x, recorder.list([0, 0, 0, 0, 1, 0])])
    : x
  // Half as wide as int64: what is copied are single pixels, so that reading the places counts.
  const places = tensorOf('int32', [indices.length], [...indices])
  const taken = recorder.builder.initializer('places', places)
  return recorder.node('Gather', [framed, taken], { axis: attr.int(1) })
}
