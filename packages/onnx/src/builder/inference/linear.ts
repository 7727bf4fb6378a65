// Result types of matrix products and convolutions.
import { OnnxError } from '../../error.js'
import { type Call, type Inference, int, ints, required, sizeOf } from '../value.js'
import { broadcast } from './elementwise.js'

const matmul: Inference = (call) => {
  const [a, b] = [required(call, 0), required(call, 1)]
  if (sizeOf(a.dims, -1) !== sizeOf(b.dims, -2)) {
    throw new OnnxError(
      `MatMul: inner sizes differ, got [${a.dims.join(', ')}] and [${b.dims.join(', ')}]`,
    )
  }
  const outer = broadcast(a.dims.slice(0, -2), b.dims.slice(0, -2))
  return [{ dataType: a.dataType, dims: [...outer, sizeOf(a.dims, -2), sizeOf(b.dims, -1)] }]
}

const gemm: Inference = (call) => {
  const [a, b] = [required(call, 0), required(call, 1)]
  const [transA, transB] = [int(call, 'transA', 0), int(call, 'transB', 0)]
  if (sizeOf(a.dims, transA ? 0 : 1) !== sizeOf(b.dims, transB ? 1 : 0)) {
    throw new OnnxError(
      `Gemm: inner sizes differ, got [${a.dims.join(', ')}] and [${b.dims.join(', ')}]`,
    )
  }
  return [
    {
      dataType: a.dataType,
      dims: [sizeOf(a.dims, transA ? 1 : 0), sizeOf(b.dims, transB ? 0 : 1)],
    },
  ]
}

/** The window's attributes of one spatial axis. */
function windowOf(call: Call, axis: number, spatial: number) {
  const at = (name: string, place: number) => ints(call, name)[place] ?? 0
  const extent = (at('kernel_shape', axis) - 1) * at('dilations', axis) + 1
  return {
    stride: at('strides', axis),
    extent,
    padding: at('pads', axis) + at('pads', axis + spatial),
  }
}

const conv: Inference = (call) => {
  const [x, w] = [required(call, 0), required(call, 1)]
  const spatial = x.dims.slice(2).map((size, axis, sizes) => {
    const { stride, extent, padding } = windowOf(call, axis, sizes.length)
    return Math.floor((size + padding - extent) / stride) + 1
  })
  return [{ dataType: x.dataType, dims: [sizeOf(x.dims, 0), sizeOf(w.dims, 0), ...spatial] }]
}

const convTranspose: Inference = (call) => {
  const [x, w] = [required(call, 0), required(call, 1)]
  const spatial = x.dims.slice(2).map((size, axis, sizes) => {
    const { stride, extent, padding } = windowOf(call, axis, sizes.length)
    const extra = ints(call, 'output_padding')[axis] ?? 0
    return (size - 1) * stride + extra + extent - padding
  })
  const channels = sizeOf(w.dims, 1) * int(call, 'group', 1)
  return [{ dataType: x.dataType, dims: [sizeOf(x.dims, 0), channels, ...spatial] }]
}

export const linear: Readonly<Record<string, Inference>> = {
  MatMul: matmul,
  Gemm: gemm,
  Conv: conv,
  ConvTranspose: convTranspose,
}
