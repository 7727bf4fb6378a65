// Result types of operators that resample images.
import { OnnxError } from '../../error.js'
import {
  type Call,
  checkedAxis,
  type Inference,
  int,
  ints,
  intsOr,
  required,
  requiredConstant,
  sizeOf,
  text,
} from '../value.js'

/** A list that stands at an input; absent and empty are the same. */
function listAt(call: Call, index: number): readonly number[] | undefined {
  const list = call.inputs[index] ? requiredConstant(call, index) : []
  return list.length > 0 ? list : undefined
}

const resize: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const all = dims.map((_, i) => i)
  const axes = intsOr(call, 'axes', all).map((axis) => checkedAxis(axis, dims))
  const before = axes.map((axis) => sizeOf(dims, axis))
  const after = resized(call, before)
  if (after.length !== axes.length) {
    throw new OnnxError(`Resize: number of sizes, got ${after.length}, expected ${axes.length}`)
  }
  const places = new Map(axes.map((axis, i) => [axis, after[i] ?? 0]))
  return [{ dataType, dims: dims.map((size, i) => places.get(i) ?? size) }]
}

function resized(call: Call, before: readonly number[]): readonly number[] {
  const [scales, sizes] = [listAt(call, 2), listAt(call, 3)]
  if (sizes) {
    return keptAspect(call, before, sizes)
  }
  if (scales === undefined) {
    throw new OnnxError('Resize: scales and sizes are missing, got neither, expected one of them')
  }
  // In float32, as ONNX computes it.
  return scales.map((scale, i) => Math.floor(Math.fround((before[i] ?? 0) * scale)))
}

function keptAspect(
  call: Call,
  before: readonly number[],
  sizes: readonly number[],
): readonly number[] {
  const policy = text(call, 'keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch') {
    return sizes
  }
  const ratios = sizes.map((size, i) => size / (before[i] ?? 1))
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios)
  return before.map((size) => Math.round(size * scale))
}

/** One row a region of interest. */
const roiAlign: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const rows = sizeOf(required(call, 1).dims, 0)
  const size = [int(call, 'output_height', 1), int(call, 'output_width', 1)]
  return [{ dataType, dims: [rows, sizeOf(dims, 1), ...size] }]
}

const maxRoiPool: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const rows = sizeOf(required(call, 1).dims, 0)
  return [{ dataType, dims: [rows, sizeOf(dims, 1), ...ints(call, 'pooled_shape')] }]
}

const gridSample: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const grid = required(call, 1).dims
  return [{ dataType, dims: [sizeOf(dims, 0), sizeOf(dims, 1), ...grid.slice(1, -1)] }]
}

const affineGrid: Inference = (call) => {
  const [batch = 0, , ...spatial] = requiredConstant(call, 1)
  return [{ dataType: required(call, 0).dataType, dims: [batch, ...spatial, spatial.length] }]
}

export const image: Readonly<Record<string, Inference>> = {
  AffineGrid: affineGrid,
  GridSample: gridSample,
  MaxRoiPool: maxRoiPool,
  Resize: resize,
  RoiAlign: roiAlign,
}
