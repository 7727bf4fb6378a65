// Result types of what slides a window: convolutions and pools of any number of spatial dimensions.
import { OnnxError } from '../../error.js'
import {
  type Call,
  type Inference,
  int,
  ints,
  intsOr,
  required,
  requiredConstant,
  sizeOf,
} from '../value.js'
import { named } from './elementwise.js'

/** The window's attributes of one spatial axis. */
function windowOf(call: Call, axis: number, spatial: number) {
  const at = (name: string, place: number) => ints(call, name)[place] ?? 0
  const dilation = call.attributes['dilations'] ? at('dilations', axis) : 1
  const extent = (at('kernel_shape', axis) - 1) * dilation + 1
  const before = at('pads', axis)
  const padding = before + at('pads', axis + spatial)
  return { stride: at('strides', axis), extent, before, padding }
}

/** How often the window fits. */
function positions(call: Call, axis: number, sizes: readonly number[]): number {
  const { stride, extent, before, padding } = windowOf(call, axis, sizes.length)
  const size = sizes[axis] ?? 0
  const steps = (size + padding - extent) / stride
  const ceil = int(call, 'ceil_mode', 0) === 1
  const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1
  if (ceil && (count - 1) * stride >= size + before) {
    // ONNX's inference counts that window, ONNX Runtime and the reference evaluator do not.
    throw new OnnxError(
      `${call.opType}: ceil_mode, got a window that starts beyond the input on axis ${axis + 2}, expected pads instead`,
    )
  }
  if (count < 0) {
    throw new OnnxError(
      `${call.opType}: window is too large, got extent ${extent} on axis ${axis + 2}, expected at most ${size + padding}`,
    )
  }
  return count
}

function spatialPositions(call: Call, dims: readonly number[]): number[] {
  return dims.slice(2).map((_, axis, sizes) => positions(call, axis, sizes))
}

/** A convolution whose weights stand at one place and whose type comes from another. */
const conv =
  (weights: number, typeOf: (call: Call) => ReturnType<Inference>[number]['dataType']): Inference =>
  (call) => {
    const [x, w] = [required(call, 0), required(call, weights)]
    checkChannels(call, sizeOf(x.dims, 1), sizeOf(w.dims, 1) * int(call, 'group', 1))
    const spatial = spatialPositions(call, x.dims)
    return [{ dataType: typeOf(call), dims: [sizeOf(x.dims, 0), sizeOf(w.dims, 0), ...spatial] }]
  }

function checkChannels(call: Call, got: number, expected: number): void {
  if (got !== expected) {
    throw new OnnxError(`${call.opType}: number of channels, got ${got}, expected ${expected}`)
  }
}

const convTranspose: Inference = (call) => {
  const [x, w] = [required(call, 0), required(call, 1)]
  checkChannels(call, sizeOf(x.dims, 1), sizeOf(w.dims, 0))
  const spatial = x.dims.slice(2).map((size, axis, sizes) => {
    const { stride, extent, padding } = windowOf(call, axis, sizes.length)
    const extra = ints(call, 'output_padding')[axis] ?? 0
    return (size - 1) * stride + extra + extent - padding
  })
  const channels = sizeOf(w.dims, 1) * int(call, 'group', 1)
  return [{ dataType: x.dataType, dims: [sizeOf(x.dims, 0), channels, ...spatial] }]
}

const pool: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const [batch, channels] = [sizeOf(dims, 0), sizeOf(dims, 1)]
  return [{ dataType, dims: [batch, channels, ...spatialPositions(call, dims)] }]
}

/** The second output, where it is asked for, holds where each maximum was. */
const maxPool: Inference = (call) =>
  pool(call)
    .flatMap((type) => [type, { ...type, dataType: 'int64' as const }])
    .slice(0, call.outputCount)

const globalPool: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  return [{ dataType, dims: dims.map((size, i) => (i < 2 ? size : 1)) }]
}

const maxUnpool: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const [batch, channels] = [sizeOf(dims, 0), sizeOf(dims, 1)]
  const kernel = ints(call, 'kernel_shape')
  const strides = intsOr(
    call,
    'strides',
    kernel.map(() => 1),
  )
  const pads = intsOr(call, 'pads', [])
  const spatial = dims.slice(2).map((size, i, { length }) => {
    const padding = (pads[i] ?? 0) + (pads[i + length] ?? 0)
    return (size - 1) * (strides[i] ?? 1) + (kernel[i] ?? 1) - padding
  })
  const given = call.inputs[2] ? requiredConstant(call, 2) : undefined
  return [{ dataType, dims: given ?? [batch, channels, ...spatial] }]
}

const first = (call: Call) => required(call, 0).dataType

export const window: Readonly<Record<string, Inference>> = {
  ...named('AveragePool LpPool', pool),
  ...named('GlobalAveragePool GlobalLpPool GlobalMaxPool', globalPool),
  Conv: conv(1, first),
  ConvInteger: conv(1, () => 'int32'),
  ConvTranspose: convTranspose,
  DeformConv: conv(1, first),
  MaxPool: maxPool,
  MaxUnpool: maxUnpool,
  QLinearConv: conv(3, (call) => required(call, 7).dataType),
}
