// The operators of networks: products, windows, recurrence, signals and quantisation.
import type { OperatorTable } from './table.js'

export const networks: OperatorTable = {
  AffineGrid: { 20: 'float, int64; align_corners' },
  AveragePool: {
    11: 'float; auto_pad ceil_mode count_include_pad kernel_shape pads strides',
    19: 'float; auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides',
  },
  BatchNormalization: {
    9: 'T=float, T, T, T, T; epsilon momentum',
    14: 'T=float, T, T, U=float, U; epsilon momentum training_mode',
    15: 'float, T1=float, T1, T2=float, T2; epsilon momentum training_mode',
  },
  BlackmanWindow: { 17: 'index; output_datatype periodic' },
  Conv: { 11: 'T=float, T, T?; auto_pad dilations group kernel_shape pads strides' },
  ConvInteger: {
    10: 'T1=byte, T2=byte, T1?, T2?; auto_pad dilations group kernel_shape pads strides',
  },
  ConvTranspose: {
    11: 'T=float, T, T?; auto_pad dilations group kernel_shape output_padding output_shape pads strides',
  },
  DFT: {
    17: 'float, index?; axis inverse onesided',
    20: 'float, index?, int64?; inverse onesided',
  },
  DeformConv: {
    19: 'T=float, T, T, T?, T?; dilations group kernel_shape offset_group pads strides',
  },
  DequantizeLinear: {
    13: 'T=int8|int32|uint8, float32, T?; axis',
    19: 'T1=int8|int32|uint8, float32|float16, T1?; axis',
    21: 'T1=int8|int16|int32|uint8|uint16, float32|float16, T1?; axis block_size',
  },
  Det: { 11: 'float' },
  Dropout: { 13: 'float, float?, bool?; seed' },
  DynamicQuantizeLinear: { 11: 'float32' },
  Einsum: { 12: 'T=number...; equation' },
  GRU: {
    7: 'T=float, T, T, T?, int32?, T?; activation_alpha activation_beta activations clip direction hidden_size linear_before_reset',
    14: 'T=float, T, T, T?, int32?, T?; activation_alpha activation_beta activations clip direction hidden_size layout linear_before_reset',
  },
  Gemm: { 13: 'T=wide, T, T?; alpha beta transA transB' },
  GlobalAveragePool: { 1: 'float' },
  GlobalLpPool: { 2: 'float; p' },
  GlobalMaxPool: { 1: 'float' },
  GridSample: { 16: 'any, float; align_corners mode padding_mode' },
  GroupNormalization: { 21: 'T=float, T, T; epsilon num_groups stash_type' },
  HammingWindow: { 17: 'index; output_datatype periodic' },
  HannWindow: { 17: 'index; output_datatype periodic' },
  Hardmax: { 13: 'float; axis' },
  InstanceNormalization: { 6: 'T=float, T, T; epsilon' },
  LRN: { 13: 'float; alpha beta bias size' },
  LSTM: {
    7: 'T=float, T, T, T?, int32?, T?, T?, T?; activation_alpha activation_beta activations clip direction hidden_size input_forget',
    14: 'T=float, T, T, T?, int32?, T?, T?, T?; activation_alpha activation_beta activations clip direction hidden_size input_forget layout',
  },
  LayerNormalization: { 17: 'T=float, T, T?; axis epsilon stash_type' },
  LogSoftmax: { 13: 'float; axis' },
  LpNormalization: { 1: 'float; axis p' },
  LpPool: {
    11: 'float; auto_pad kernel_shape p pads strides',
    18: 'float; auto_pad ceil_mode dilations kernel_shape p pads strides',
  },
  MatMul: { 13: 'T=wide, T' },
  MatMulInteger: { 10: 'T1=byte, T2=byte, T1?, T2?' },
  MaxPool: {
    12: 'float32|float16|float64|int8|uint8; auto_pad ceil_mode dilations kernel_shape pads storage_order strides',
  },
  MaxRoiPool: { 1: 'T=float, T; pooled_shape spatial_scale' },
  MaxUnpool: { 11: 'float, T2=int64, T2?; kernel_shape pads strides' },
  MeanVarianceNormalization: { 13: 'float; axes' },
  MelWeightMatrix: { 17: 'T1=index, T1, T1, T2=float, T2; output_datatype' },
  QLinearConv: {
    10: 'T1=byte, float32, T1, T2=byte, float32, T2, float32, byte, int32?; auto_pad dilations group kernel_shape pads strides',
  },
  QLinearMatMul: {
    10: 'T1=byte, float32, T1, T2=byte, float32, T2, float32, byte',
    21: 'T1=byte, TS=float32|float16, T1, T2=byte, TS, T2, TS, byte',
  },
  QuantizeLinear: {
    13: 'float32|int32, float32, byte?; axis',
    19: 'T1=float32|float16|int32, T1, byte?; axis saturate',
    21: 'T1=float32|float16|int32, T1, int8|int16|uint8|uint16?; axis block_size output_dtype saturate',
  },
  RNN: {
    7: 'T=float, T, T, T?, int32?, T?; activation_alpha activation_beta activations clip direction hidden_size',
    14: 'T=float, T, T, T?, int32?, T?; activation_alpha activation_beta activations clip direction hidden_size layout',
  },
  Resize: {
    13: 'any, float?, float32?, int64?; coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value mode nearest_mode',
    18: 'any, float?, float32?, int64?; antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value keep_aspect_ratio_policy mode nearest_mode',
  },
  RoiAlign: {
    10: 'T1=float, T1, int64; mode output_height output_width sampling_ratio spatial_scale',
    16: 'T1=float, T1, int64; coordinate_transformation_mode mode output_height output_width sampling_ratio spatial_scale',
  },
  STFT: { 17: 'T1=float, T2=index, T1?, T2?; onesided' },
  Softmax: { 13: 'float; axis' },
}
