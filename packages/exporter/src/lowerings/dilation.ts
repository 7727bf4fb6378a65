// Morphological dilation: the largest sum of pixel and filter in each window, and its gradients.
import type { KernelMap } from '../kernels.js'
import type { Operand, OperandType } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'
import { fold, largest, patches, spread, tapsTogether } from './patches.js'
import { dilationWindow, type Window } from './window.js'

type Attributes = KernelMap['Dilation2D']['attributes']

/** dilation2d(x: Tensor4D, filter: Tensor3D, strides, pad, dilations) */
const dilation2d: Lowering<'Dilation2D'> = (inputs, attributes, recorder) => {
  const { sums } = windowSums(inputs, attributes, recorder)
  return operandOf(recorder.builder.reduce('ReduceMax', recorder.value(sums), [2, 4]))
}

/** The gradient by x: what comes from behind goes to the pixel of the first largest sum. */
const backpropInput: Lowering<'Dilation2DBackpropInput'> = (inputs, attributes, recorder) => {
  const { taken, window } = takenOf(inputs, attributes, recorder)
  return recorder.cast(fold(taken, window, recorder), inputs.x.dataType)
}

/** The gradient by the filter: the sum, for each tap, of what comes from behind where it won. */
const backpropFilter: Lowering<'Dilation2DBackpropFilter'> = (inputs, attributes, recorder) => {
  const { taken } = takenOf(inputs, attributes, recorder)
  const sums = recorder.builder.reduce('ReduceSum', recorder.value(taken), [0, 1, 2])
  const gradient = recorder.reshape(operandOf(sums), inputs.filter.dims)
  return recorder.cast(gradient, inputs.filter.dataType)
}

interface Inputs {
  readonly x: Operand
  readonly filter: Operand
}

/** Low enough never to win, high enough not to wrap around when a filter is added to it. */
const PADDING: Readonly<Record<OperandType, number>> = {
  float32: Number.MIN_SAFE_INTEGER,
  int32: -(2 ** 30),
  bool: 0,
}

/** Pixel plus filter: [batch, rows, taps, columns, taps, channels]. */
function windowSums({ x, filter }: Inputs, attributes: Attributes, recorder: Recorder) {
  const window = dilationWindow(x.dims, filter.dims, attributes)
  const pixels = patches(x, { window, padding: PADDING[x.dataType] }, recorder)
  const [height = 1, width = 1, channels = 1] = filter.dims
  const taps = recorder.reshape(recorder.cast(filter, x.dataType), [height, 1, width, channels])
  return { window, sums: recorder.elementwise('Add', [pixels, taps]) }
}

/** What comes from behind at the tap that won, zero elsewhere, and the window it belongs to. */
function takenOf(
  { dy, ...inputs }: Inputs & { readonly dy: Operand },
  attributes: Attributes,
  recorder: Recorder,
): { taken: Operand; window: Window } {
  const { sums, window } = windowSums(inputs, attributes, recorder)
  const mask = largest(tapsTogether(sums, window, recorder), 'first', recorder)
  return { taken: spread(recorder.cast(dy, 'float32'), mask, recorder), window }
}

export const dilation = {
  Dilation2D: dilation2d,
  Dilation2DBackpropFilter: backpropFilter,
  Dilation2DBackpropInput: backpropInput,
} as const
