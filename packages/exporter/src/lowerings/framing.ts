// Sliding windows as ONNX says them: attributes, and what must be cut off or added for the rest.
import { attr } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import type { Window, WindowAxis } from './window.js'

/** The attributes of a Conv or a pool; what is cut off does not count. */
export function windowAttributes(window: Window) {
  return {
    kernel_shape: attr.ints(window.map(({ kernel }) => kernel)),
    strides: attr.ints(window.map(({ stride }) => stride)),
    dilations: attr.ints(window.map(({ dilation }) => dilation)),
    pads: attr.ints([...window.map(before), ...window.map(after)]),
  }
}

const before = ({ begin }: WindowAxis) => Math.max(0, begin)
const after = ({ end }: WindowAxis) => Math.max(0, end)

/** Rows at the end that the strides do not reach and that therefore need not be cut off. */
export const leftOver = ({ end, stride }: WindowAxis) => (end < 0 && -end < stride ? -end : 0)

/** Rows that must be cut off, since otherwise ONNX would slide on over them. */
const cutBegin = ({ begin }: WindowAxis) => Math.max(0, -begin)
const cutEnd = (axis: WindowAxis) => Math.max(0, -axis.end) - leftOver(axis)

/** Whether `cut` takes anything. */
export const isCut = (window: Window) =>
  window.some((axis) => cutBegin(axis) > 0 || cutEnd(axis) > 0)

/** Reaches to the end of any axis. */
const END = Number.MAX_SAFE_INTEGER

/** The part of an input, spatial axes from 2 on, over which ONNX slides as TensorFlow.js does. */
export function cut(x: Operand, window: Window, recorder: Recorder): Operand {
  const axes = window.flatMap((axis, i) => (cutBegin(axis) > 0 || cutEnd(axis) > 0 ? [i] : []))
  if (axes.length === 0) {
    return x
  }
  const chosen = axes.flatMap((i) => window[i] ?? [])
  const lists = [
    chosen.map(cutBegin),
    chosen.map((axis) => (cutEnd(axis) > 0 ? -cutEnd(axis) : END)),
    axes.map((i) => i + 2),
  ]
  return recorder.node('Slice', [x, ...lists.map((list) => recorder.list(list))])
}

/** Gives back what `cut` took, as zeros: the gradient of it. */
export function uncut(x: Operand, window: Window, recorder: Recorder): Operand {
  const [begins, ends] = [window.map(cutBegin), window.map(cutEnd)]
  return pad(x, { begins: [0, 0, ...begins], ends: [0, 0, ...ends], value: 0 }, recorder)
}

/**
 * The gradient without the rows and columns that no window gave: TensorFlow.js ignores them too, as
 * the gradients of pools forget in which way sizes were rounded.
 */
export function fitted(
  dy: Operand,
  { window, first }: { readonly window: Window; readonly first: boolean },
  recorder: Recorder,
): Operand {
  const start = first ? 2 : 1
  const sizes = dy.dims.slice(start, start + window.length)
  const outputs = window.map(({ output }) => output)
  if (outputs.some((output, i) => (sizes[i] ?? 0) < output)) {
    throw new TraceError(
      `gradient of a window: has too few rows, got [${sizes.join(', ')}], expected [${outputs.join(', ')}]`,
    )
  }
  const axes = outputs.flatMap((output, i) => (sizes[i] === output ? [] : [i]))
  if (axes.length === 0) {
    return dy
  }
  const ends = axes.map((i) => outputs[i] ?? 0)
  const lists = [axes.map(() => 0), ends, axes.map((i) => i + start)]
  return recorder.node('Slice', [dy, ...lists.map((list) => recorder.list(list))])
}

/** Pads with a number; without anything to add there is nothing to do. */
export function pad(
  x: Operand,
  {
    begins,
    ends,
    value,
  }: {
    readonly begins: readonly number[]
    readonly ends: readonly number[]
    readonly value: number
  },
  recorder: Recorder,
): Operand {
  const pads = [...begins, ...ends]
  if (pads.every((rows) => rows === 0)) {
    return x
  }
  const filling = recorder.value(recorder.fill(x.dataType, [], value))
  return operandOf(recorder.builder.node('Pad', [recorder.value(x), recorder.list(pads), filling]))
}

/** The window over an input to which its padding has been added, or nothing where there is none. */
export function paddedWindow(window: Window): Window {
  return window.map((axis) => ({
    ...axis,
    input: axis.input + before(axis) + after(axis),
    begin: Math.min(0, axis.begin),
    end: Math.min(0, axis.end),
  }))
}

export function paddings(window: Window) {
  return { begins: window.map(before), ends: window.map(after) }
}
