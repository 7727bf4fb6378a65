// Images taken apart into the grids of pixels that a stride visits, and put together again.
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { permute } from './layout.js'
import type { WindowAxis } from './window.js'

/** By spatial axis: pixels before the first, pixels of each grid, and the stride between them. */
export interface Grids {
  readonly begins: readonly number[]
  readonly counts: readonly number[]
  readonly steps: readonly number[]
}

/** How many pixels of a grid lie along an axis of the images that a window slides over. */
export function span({ input, begin, stride }: WindowAxis): number {
  return Math.floor((begin + input - 1) / stride) - Math.floor(begin / stride) + 1
}

/** How many taps reach a pixel along an axis, at most. */
export const depth = ({ kernel, stride }: WindowAxis) => Math.ceil(kernel / stride)

/**
 * From [batch, height, width, channels] to [batch, rows, columns, steps * channels]: a pixel of it holds
 * one of each grid. Zeros stand around, and what lies beyond the grids is left out.
 */
export function gridsOf(x: Operand, { begins, counts, steps }: Grids, recorder: Recorder): Operand {
  const [batch = 1, , , channels = 1] = x.dims
  const sizes = counts.map((count, i) => count * (steps[i] ?? 1))
  const placed = placedIn(x, { begins, sizes }, recorder)
  const [rows = 1, columns = 1] = counts
  const [down = 1, across = 1] = steps
  if (down * across === 1) return placed
  const apart = recorder.reshape(placed, [batch, rows, down, columns, across * channels])
  const ordered = permute(apart, [0, 1, 3, 2, 4], recorder)
  return recorder.reshape(ordered, [batch, rows, columns, down * across * channels])
}

/** The way back: from [batch, rows, columns, steps * channels] to the images, all grids in full. */
export function joinedGrids(x: Operand, steps: readonly number[], recorder: Recorder): Operand {
  const [batch = 1, rows = 1, columns = 1, values = 1] = x.dims
  const [down = 1, across = 1] = steps
  if (down * across === 1) return x
  const channels = values / (down * across)
  const apart = recorder.reshape(x, [batch, rows, columns, down, across * channels])
  const ordered = permute(apart, [0, 1, 3, 2, 4], recorder)
  return recorder.reshape(ordered, [batch, rows * down, columns * across, channels])
}

/** Images within others of these sizes, from these places on: cut where negative, framed by zeros. */
function placedIn(
  x: Operand,
  { begins, sizes }: { readonly begins: readonly number[]; readonly sizes: readonly number[] },
  recorder: Recorder,
): Operand {
  const ends = sizes.map((size, i) => size - (begins[i] ?? 0) - (x.dims[i + 1] ?? 0))
  const pads = [0, ...begins, 0, 0, ...ends, 0]
  if (pads.every((count) => count === 0)) return x
  return recorder.node('Pad', [x, recorder.list(pads)])
}

/** The part of images from these places on. */
export function cropped(
  x: Operand,
  { starts, sizes }: { readonly starts: readonly number[]; readonly sizes: readonly number[] },
  recorder: Recorder,
): Operand {
  const ends = sizes.map((size, i) => (starts[i] ?? 0) + size)
  if (starts.every((start, i) => start === 0 && ends[i] === x.dims[i + 1])) return x
  return recorder.node('Slice', [x, ...[starts, ends, [1, 2]].map((list) => recorder.list(list))])
}
