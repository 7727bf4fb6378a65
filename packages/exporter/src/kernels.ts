// Which TensorFlow.js kernels can be lowered, each with its own inputs and attributes.
import type * as tf from '@tensorflow/tfjs-core'

interface Row<Inputs, Attributes = object> {
  readonly inputs: Inputs
  readonly attributes: Attributes
}

/** From a kernel's name to its inputs and attributes, as tfjs-core declares them. */
export interface KernelMap {
  Abs: Row<tf.AbsInputs>
  Acos: Row<tf.AcosInputs>
  Acosh: Row<tf.AcoshInputs>
  Add: Row<tf.AddInputs>
  AddN: Row<tf.AddNInputs>
  All: Row<tf.AllInputs, tf.AllAttrs>
  Any: Row<tf.AnyInputs, tf.AnyAttrs>
  ArgMax: Row<tf.ArgMaxInputs, tf.ArgMaxAttrs>
  ArgMin: Row<tf.ArgMinInputs, tf.ArgMinAttrs>
  Asin: Row<tf.AsinInputs>
  Asinh: Row<tf.AsinhInputs>
  Atan: Row<tf.AtanInputs>
  Atan2: Row<tf.Atan2Inputs>
  Atanh: Row<tf.AtanhInputs>
  AvgPool: Row<tf.AvgPoolInputs, tf.AvgPoolAttrs>
  AvgPool3D: Row<tf.AvgPool3DInputs, tf.AvgPool3DAttrs>
  AvgPool3DGrad: Row<tf.AvgPool3DGradInputs, tf.AvgPool3DGradAttrs>
  AvgPoolGrad: Row<tf.AvgPoolGradInputs, tf.AvgPoolGradAttrs>
  BatchMatMul: Row<tf.BatchMatMulInputs, tf.BatchMatMulAttrs>
  BatchToSpaceND: Row<tf.BatchToSpaceNDInputs, tf.BatchToSpaceNDAttrs>
  Bincount: Row<tf.BincountInputs, tf.BincountAttrs>
  BitwiseAnd: Row<tf.BitwiseAndInputs>
  BroadcastArgs: Row<tf.BroadcastArgsInputs>
  BroadcastTo: Row<tf.BroadcastToInputs, tf.BroadCastToAttrs>
  Cast: Row<tf.CastInputs, tf.CastAttrs>
  Ceil: Row<tf.CeilInputs>
  ClipByValue: Row<tf.ClipByValueInputs, tf.ClipByValueAttrs>
  Complex: Row<tf.ComplexInputs>
  ComplexAbs: Row<tf.ComplexAbsInputs>
  Concat: Row<tf.ConcatInputs, tf.ConcatAttrs>
  Conv2D: Row<tf.Conv2DInputs, tf.Conv2DAttrs>
  Conv2DBackpropFilter: Row<tf.Conv2DBackpropFilterInputs, tf.Conv2DBackpropFilterAttrs>
  Conv2DBackpropInput: Row<tf.Conv2DBackpropInputInputs, tf.Conv2DBackpropInputAttrs>
  Conv3D: Row<tf.Conv3DInputs, tf.Conv3DAttrs>
  Conv3DBackpropFilterV2: Row<tf.Conv3DBackpropFilterV2Inputs, tf.Conv3DBackpropFilterV2Attrs>
  Conv3DBackpropInputV2: Row<tf.Conv3DBackpropInputV2Inputs, tf.Conv3DBackpropInputV2Attrs>
  Cos: Row<tf.CosInputs>
  Cosh: Row<tf.CoshInputs>
  CropAndResize: Row<tf.CropAndResizeInputs, tf.CropAndResizeAttrs>
  Cumprod: Row<tf.CumprodInputs, tf.CumprodAttrs>
  Cumsum: Row<tf.CumsumInputs, tf.CumsumAttrs>
  DenseBincount: Row<tf.DenseBincountInputs, tf.DenseBincountAttrs>
  DepthToSpace: Row<tf.DepthToSpaceInputs, tf.DepthToSpaceAttrs>
  DepthwiseConv2dNative: Row<tf.DepthwiseConv2dNativeInputs, tf.DepthwiseConv2dNativeAttrs>
  DepthwiseConv2dNativeBackpropFilter: Row<
    tf.DepthwiseConv2dNativeBackpropFilterInputs,
    tf.DepthwiseConv2dNativeBackpropFilterAttrs
  >
  DepthwiseConv2dNativeBackpropInput: Row<
    tf.DepthwiseConv2dNativeBackpropInputInputs,
    tf.DepthwiseConv2dNativeBackpropInputAttrs
  >
  Diag: Row<tf.DiagInputs>
  Dilation2D: Row<tf.Dilation2DInputs, tf.Dilation2DAttrs>
  Dilation2DBackpropFilter: Row<tf.Dilation2DBackpropFilterInputs, tf.Dilation2DAttrs>
  Dilation2DBackpropInput: Row<tf.Dilation2DBackpropInputInputs, tf.Dilation2DAttrs>
  Einsum: Row<tf.EinsumInputs, tf.EinsumAttrs>
  Elu: Row<tf.EluInputs>
  EluGrad: Row<tf.EluGradInputs>
  Equal: Row<tf.EqualInputs>
  Erf: Row<tf.ErfInputs>
  Exp: Row<tf.ExpInputs>
  ExpandDims: Row<tf.ExpandDimsInputs, tf.ExpandDimsAttrs>
  Expm1: Row<tf.Expm1Inputs>
  FFT: Row<tf.FFTInputs>
  Fill: Row<object, tf.FillAttrs>
  FlipLeftRight: Row<tf.FlipLeftRightInputs>
  Floor: Row<tf.FloorInputs>
  FloorDiv: Row<tf.FloorDivInputs>
  FusedBatchNorm: Row<tf.FusedBatchNormInputs, tf.FusedBatchNormAttrs>
  FusedConv2D: Row<tf.FusedConv2DInputs, tf.FusedConv2DAttrs>
  FusedDepthwiseConv2D: Row<tf.FusedDepthwiseConv2DInputs, tf.FusedDepthwiseConv2DAttrs>
  GatherNd: Row<tf.GatherNdInputs>
  GatherV2: Row<tf.GatherV2Inputs, tf.GatherV2Attrs>
  Greater: Row<tf.GreaterInputs>
  GreaterEqual: Row<tf.GreaterEqualInputs>
  IFFT: Row<tf.IFFTInputs>
  Identity: Row<tf.IdentityInputs>
  Imag: Row<tf.ImagInputs>
  IsFinite: Row<tf.IsFiniteInputs>
  IsInf: Row<tf.IsInfInputs>
  IsNan: Row<tf.IsNanInputs>
  LRN: Row<tf.LRNInputs, tf.LRNAttrs>
  LRNGrad: Row<tf.LRNGradInputs, tf.LRNGradAttrs>
  LeakyRelu: Row<tf.LeakyReluInputs, tf.LeakyReluAttrs>
  Less: Row<tf.LessInputs>
  LessEqual: Row<tf.LessEqualInputs>
  LinSpace: Row<object, tf.LinSpaceAttrs>
  Log: Row<tf.LogInputs>
  Log1p: Row<tf.Log1pInputs>
  LogSoftmax: Row<tf.LogSoftmaxInputs, tf.LogSoftmaxAttrs>
  LogicalAnd: Row<tf.LogicalAndInputs>
  LogicalNot: Row<tf.LogicalNotInputs>
  LogicalOr: Row<tf.LogicalOrInputs>
  LogicalXor: Row<tf.LogicalXorInputs>
  LowerBound: Row<tf.LowerBoundInputs>
  MatrixBandPart: Row<tf.MatrixBandPartInputs, tf.MatrixBandPartAttrs>
  Max: Row<tf.MaxInputs, tf.MaxAttrs>
  MaxPool: Row<tf.MaxPoolInputs, tf.MaxPoolAttrs>
  MaxPool3D: Row<tf.MaxPool3DInputs, tf.MaxPool3DAttrs>
  MaxPool3DGrad: Row<tf.MaxPool3DGradInputs, tf.MaxPool3DGradAttrs>
  MaxPoolGrad: Row<tf.MaxPoolGradInputs, tf.MaxPoolGradAttrs>
  MaxPoolWithArgmax: Row<tf.MaxPoolWithArgmaxInputs, tf.MaxPoolWithArgmaxAttrs>
  Maximum: Row<tf.MaximumInputs>
  Mean: Row<tf.MeanInputs, tf.MeanAttrs>
  Min: Row<tf.MinInputs, tf.MinAttrs>
  Minimum: Row<tf.MinimumInputs>
  MirrorPad: Row<tf.MirrorPadInputs, tf.MirrorPadAttrs>
  Mod: Row<tf.ModInputs>
  Multinomial: Row<tf.MultinomialInputs & Record<'uniforms', tf.TensorInfo>, tf.MultinomialAttrs>
  Multiply: Row<tf.MultiplyInputs>
  Neg: Row<tf.NegInputs>
  NonMaxSuppressionV3: Row<tf.NonMaxSuppressionV3Inputs, tf.NonMaxSuppressionV3Attrs>
  NonMaxSuppressionV4: Row<tf.NonMaxSuppressionV4Inputs, tf.NonMaxSuppressionV4Attrs>
  NonMaxSuppressionV5: Row<tf.NonMaxSuppressionV5Inputs, tf.NonMaxSuppressionV5Attrs>
  NotEqual: Row<tf.NotEqualInputs>
  OneHot: Row<tf.OneHotInputs, tf.OneHotAttrs>
  OnesLike: Row<tf.OnesLikeInputs>
  Pack: Row<tf.PackInputs, tf.PackAttrs>
  PadV2: Row<tf.PadV2Inputs, tf.PadV2Attrs>
  Pow: Row<tf.PowInputs>
  Prelu: Row<tf.PreluInputs>
  Prod: Row<tf.ProdInputs, tf.ProdAttrs>
  RaggedGather: Row<tf.RaggedGatherInputs, tf.RaggedGatherAttrs>
  RaggedRange: Row<tf.RaggedRangeInputs>
  RaggedTensorToTensor: Row<tf.RaggedTensorToTensorInputs, tf.RaggedTensorToTensorAttrs>
  Range: Row<object, tf.RangeAttrs>
  Real: Row<tf.RealInputs>
  RealDiv: Row<tf.RealDivInputs>
  Reciprocal: Row<tf.ReciprocalInputs>
  Relu: Row<tf.ReluInputs>
  Relu6: Row<tf.Relu6Inputs>
  Reshape: Row<tf.ReshapeInputs, tf.ReshapeAttrs>
  ResizeBilinear: Row<tf.ResizeBilinearInputs, tf.ResizeBilinearAttrs>
  ResizeBilinearGrad: Row<tf.ResizeBilinearGradInputs, tf.ResizeBilinearGradAttrs>
  ResizeNearestNeighbor: Row<tf.ResizeNearestNeighborInputs, tf.ResizeNearestNeighborAttrs>
  ResizeNearestNeighborGrad: Row<
    tf.ResizeNearestNeighborGradInputs,
    tf.ResizeNearestNeighborGradAttrs
  >
  Reverse: Row<tf.ReverseInputs, tf.ReverseAttrs>
  RotateWithOffset: Row<tf.RotateWithOffsetInputs, tf.RotateWithOffsetAttrs>
  Round: Row<tf.RoundInputs>
  Rsqrt: Row<tf.RsqrtInputs>
  ScatterNd: Row<tf.ScatterNdInputs, tf.ScatterNdAttrs>
  SearchSorted: Row<tf.SearchSortedInputs, tf.SearchSortedAttrs>
  Select: Row<tf.SelectInputs>
  Selu: Row<tf.SeluInputs>
  Sigmoid: Row<tf.SigmoidInputs>
  Sign: Row<tf.SignInputs>
  Sin: Row<tf.SinInputs>
  Sinh: Row<tf.SinhInputs>
  Slice: Row<tf.SliceInputs, tf.SliceAttrs>
  Softmax: Row<tf.SoftmaxInputs, tf.SoftmaxAttrs>
  Softplus: Row<tf.SoftplusInputs>
  SpaceToBatchND: Row<tf.SpaceToBatchNDInputs, tf.SpaceToBatchNDAttrs>
  SparseFillEmptyRows: Row<tf.SparseFillEmptyRowsInputs>
  SparseReshape: Row<tf.SparseReshapeInputs>
  SparseSegmentMean: Row<tf.SparseSegmentMeanInputs>
  SparseSegmentSum: Row<tf.SparseSegmentSumInputs>
  SparseToDense: Row<tf.SparseToDenseInputs, tf.SparseToDenseAttrs>
  SplitV: Row<tf.SplitVInputs, tf.SplitVAttrs>
  Sqrt: Row<tf.SqrtInputs>
  Square: Row<tf.SquareInputs>
  SquaredDifference: Row<tf.SquaredDifferenceInputs>
  Step: Row<tf.StepInputs, tf.StepAttrs>
  StridedSlice: Row<tf.StridedSliceInputs, tf.StridedSliceAttrs>
  Sub: Row<tf.SubInputs>
  Sum: Row<tf.SumInputs, tf.SumAttrs>
  Tan: Row<tf.TanInputs>
  Tanh: Row<tf.TanhInputs>
  TensorScatterUpdate: Row<tf.TensorScatterUpdateInputs, tf.TensorScatterUpdateAttrs>
  Tile: Row<tf.TileInputs, tf.TileAttrs>
  TopK: Row<tf.TopKInputs, tf.TopKAttrs>
  Transform: Row<tf.TransformInputs, tf.TransformAttrs>
  Transpose: Row<tf.TransposeInputs, tf.TransposeAttrs>
  Unpack: Row<tf.UnpackInputs, tf.UnpackAttrs>
  Unique: Row<tf.UniqueInputs, tf.UniqueAttrs>
  UnsortedSegmentSum: Row<tf.UnsortedSegmentSumInputs, tf.UnsortedSegmentSumAttrs>
  UpperBound: Row<tf.UpperBoundInputs>
  ZerosLike: Row<tf.ZerosLikeInputs>
  _FusedMatMul: Row<tf._FusedMatMulInputs, tf._FusedMatMulAttrs>
}

export type Kernel = keyof KernelMap

/** Kernels of complex numbers alone; their rows stand in the table of complex lowerings. */
export type ComplexKernel = 'ComplexAbs' | 'FFT' | 'IFFT' | 'Imag' | 'Real'
