// Windows taken apart into patches and put together again, for what ONNX has no operator for.
import { attr, elementCount, tensorOf } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import { convolveBack } from './convolution.js'
import { pad, paddedWindow, paddings } from './framing.js'
import { permute } from './layout.js'
import type { Window, WindowAxis } from './window.js'

/**
 * From [batch, height, width, channels] to [batch, rows, taps, columns, taps, channels], what each
 * window sees; likewise with more spatial axes.
 */
export function patches(
  x: Operand,
  { window, padding }: { readonly window: Window; readonly padding: number },
  recorder: Recorder,
): Operand {
  const { begins, ends } = paddings(window)
  const padded = pad(
    x,
    { begins: [0, ...begins, 0], ends: [0, ...ends, 0], value: padding },
    recorder,
  )
  const gathered = paddedWindow(window).reduce(
    (result, axis, i) => gatherTaps(result, { axis, place: i + 1 }, recorder),
    padded,
  )
  const [batch = 1] = x.dims
  const pairs = window.flatMap(({ output, kernel }) => [output, kernel])
  return recorder.reshape(gathered, [batch, ...pairs, x.dims[x.dims.length - 1] ?? 1])
}

function gatherTaps(
  x: Operand,
  { axis, place }: { readonly axis: WindowAxis; readonly place: number },
  recorder: Recorder,
): Operand {
  const { input, output, kernel, stride, dilation, begin } = axis
  const indices = Array.from({ length: output }, (_, o) =>
    Array.from({ length: kernel }, (_, k) => o * stride + k * dilation - begin),
  ).flat()
  if (indices.length === input && indices.every((index, i) => index === i)) {
    return x
  }
  return recorder.node('Gather', [x, recorder.list(indices)], { axis: attr.int(place) })
}

/** From what `patches` gives to [batch, rows, columns, taps, channels], the taps row by row. */
export function tapsTogether(x: Operand, window: Window, recorder: Recorder): Operand {
  const places = window.map((_, i) => 2 * i + 1)
  const last = 2 * window.length + 1
  const perm = [0, ...places, ...places.map((place) => place + 1), last]
  const [batch = 1] = x.dims
  return recorder.reshape(permute(x, perm, recorder), [
    batch,
    ...window.map(({ output }) => output),
    tapCount(window),
    x.dims[last] ?? 1,
  ])
}

export const tapCount = (window: Window) => elementCount(window.map(({ kernel }) => kernel))

/** Which of several equal elements counts as the largest. */
export type Tie = 'first' | 'last'

/** Of [batch, rows, columns, taps, channels], true at the tap that has the largest value. */
export function largest(x: Operand, tie: Tie, recorder: Recorder): Operand {
  const { builder } = recorder
  const axis = x.dims.length - 2
  const winner = builder.node('ArgMax', [recorder.value(x)], {
    axis: attr.int(axis),
    keepdims: attr.int(1),
    select_last_index: attr.int(tie === 'last' ? 1 : 0),
  })
  const taps = x.dims[axis] ?? 1
  const counting = Array.from({ length: taps }, (_, tap) => tap)
  const numbers = builder.initializer('taps', tensorOf('int64', [taps, 1], counting))
  return recorder.node('Equal', [winner, numbers])
}

/** Where the mask is true what comes from behind, else zero: [batch, rows, columns, taps, channels]. */
export function spread(dy: Operand, mask: Operand, recorder: Recorder): Operand {
  const axis = mask.dims.length - 2
  const widened = recorder.reshape(dy, dy.dims.toSpliced(axis, 0, 1))
  return recorder.elementwise('Where', [mask, widened, recorder.fill(dy.dataType, [], 0)])
}

/**
 * The sum of [batch, rows, columns, taps, channels] over the places where the windows took the taps
 * from: [batch, height, width, channels]. It is a ConvTranspose with one filter a tap.
 */
export function fold(x: Operand, window: Window, recorder: Recorder): Operand {
  const rank = window.length
  const [batch = 1] = x.dims
  const channels = x.dims[rank + 2] ?? 1
  const spatial = window.map((_, i) => i + 1)
  const taps = tapCount(window)
  const outputs = window.map(({ output }) => output)
  const ordered = permute(x, [0, rank + 2, rank + 1, ...spatial], recorder)
  const images = recorder.reshape(ordered, [batch * channels, taps, ...outputs])
  const whole = convolveBack(
    { dy: images, filter: oneHot(window, recorder) },
    { window, first: true },
    recorder,
  )
  const sizes = window.map(({ input }) => input)
  const planes = recorder.reshape(whole, [batch, channels, ...sizes])
  return permute(planes, [0, ...spatial.map((axis) => axis + 1), 1], recorder)
}

/** [taps, 1, height, width]: for each tap a filter that is 1 there and 0 elsewhere. */
function oneHot(window: Window, recorder: Recorder): Operand {
  const taps = tapCount(window)
  const values = Array.from({ length: taps * taps }, (_, i) => (i % (taps + 1) === 0 ? 1 : 0))
  const dims = [taps, 1, ...window.map(({ kernel }) => kernel)]
  return operandOf(recorder.builder.initializer('one_hot', tensorOf('float32', dims, values)))
}
