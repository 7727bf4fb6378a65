// Calls of operators that resample images and transform signals.
import { attr } from '../../builder/value.js'
import { f32, filled, list, of, type OperatorExample, scalar } from './call.js'

const numbers = (...values: number[]) => ({ ...f32(values.length), values })

export const signals: readonly OperatorExample[] = [
  {
    opType: 'Resize',
    inputs: [f32(1, 1, 4, 5), null, numbers(1, 1, 2.5, 0.5)],
    outputs: [[1, 1, 10, 2]],
  },
  {
    opType: 'Resize',
    inputs: [f32(1, 1, 4, 5), null, null, list(1, 1, 3, 9)],
    attributes: { mode: attr.string('cubic') },
    outputs: [[1, 1, 3, 9]],
  },
  {
    opType: 'Resize',
    inputs: [f32(1, 1, 4, 5), null, null, list(7, 8)],
    attributes: { axes: attr.ints([2, 3]) },
    outputs: [[1, 1, 7, 8]],
    opsets: [18, 21],
  },
  {
    opType: 'Resize',
    inputs: [f32(1, 1, 4, 5), null, null, list(8, 8)],
    attributes: { axes: attr.ints([-2, -1]), keep_aspect_ratio_policy: attr.string('not_larger') },
    outputs: [[1, 1, 6, 8]],
    opsets: [18, 21],
  },
  {
    opType: 'AffineGrid',
    inputs: [f32(2, 2, 3), list(2, 1, 5, 6)],
    outputs: [[2, 5, 6, 2]],
    opsets: [20, 21],
  },
  {
    opType: 'AffineGrid',
    inputs: [f32(2, 3, 4), list(2, 1, 5, 6, 7)],
    outputs: [[2, 5, 6, 7, 3]],
    opsets: [20, 21],
  },
  {
    opType: 'GridSample',
    inputs: [f32(2, 3, 4, 5), f32(2, 7, 8, 2)],
    outputs: [[2, 3, 7, 8]],
    opsets: [16, 21],
  },
  {
    opType: 'RoiAlign',
    inputs: [f32(2, 3, 8, 8), f32(5, 4), of('int64', 5)],
    attributes: { output_height: attr.int(4), output_width: attr.int(6) },
    outputs: [[5, 3, 4, 6]],
  },
  {
    opType: 'MaxRoiPool',
    inputs: [f32(2, 3, 8, 8), f32(5, 5)],
    attributes: { pooled_shape: attr.ints([2, 3]) },
    outputs: [[5, 3, 2, 3]],
  },
  {
    opType: 'DFT',
    inputs: [f32(2, 9, 1)],
    attributes: { axis: attr.int(1), onesided: attr.int(1) },
    outputs: [[2, 5, 2]],
    opsets: [17, 19],
  },
  {
    opType: 'DFT',
    inputs: [f32(2, 9, 4, 2), scalar('int64', 16), scalar('int64', 1)],
    attributes: { inverse: attr.int(1) },
    outputs: [[2, 16, 4, 2]],
    opsets: [20, 21],
  },
  {
    opType: 'STFT',
    inputs: [f32(2, 100, 1), scalar('int64', 10), filled('float32', [16], 1)],
    // Written out, since ONNX's inference takes the default for the other one.
    attributes: { onesided: attr.int(1) },
    outputs: [[2, 9, 9, 2]],
    opsets: [17, 21],
  },
  { opType: 'HannWindow', inputs: [scalar('int64', 10)], outputs: [f32(10)], opsets: [17, 21] },
  {
    opType: 'MelWeightMatrix',
    inputs: [
      scalar('int64', 8),
      scalar('int64', 16),
      scalar('int64', 8000),
      scalar('float32', 0),
      scalar('float32', 4000),
    ],
    outputs: [f32(9, 8)],
    opsets: [17, 21],
  },
]
