// Which TensorFlow.js kernels can be lowered, each with its own inputs and attributes.
import type * as tf from '@tensorflow/tfjs-core'

interface Row<Inputs, Attributes = object> {
  readonly inputs: Inputs
  readonly attributes: Attributes
}

/** From a kernel's name to its inputs and attributes, as tfjs-core declares them. */
export interface KernelMap {
  Abs: Row<tf.AbsInputs>
  Add: Row<tf.AddInputs>
  AddN: Row<tf.AddNInputs>
  BatchMatMul: Row<tf.BatchMatMulInputs, tf.BatchMatMulAttrs>
  Cast: Row<tf.CastInputs, tf.CastAttrs>
  ClipByValue: Row<tf.ClipByValueInputs, tf.ClipByValueAttrs>
  Concat: Row<tf.ConcatInputs, tf.ConcatAttrs>
  Conv2D: Row<tf.Conv2DInputs, tf.Conv2DAttrs>
  Conv2DBackpropFilter: Row<tf.Conv2DBackpropFilterInputs, tf.Conv2DBackpropFilterAttrs>
  Conv2DBackpropInput: Row<tf.Conv2DBackpropInputInputs, tf.Conv2DBackpropInputAttrs>
  Elu: Row<tf.EluInputs>
  Equal: Row<tf.EqualInputs>
  Exp: Row<tf.ExpInputs>
  ExpandDims: Row<tf.ExpandDimsInputs, tf.ExpandDimsAttrs>
  Fill: Row<object, tf.FillAttrs>
  Floor: Row<tf.FloorInputs>
  Greater: Row<tf.GreaterInputs>
  GreaterEqual: Row<tf.GreaterEqualInputs>
  Identity: Row<tf.IdentityInputs>
  LeakyRelu: Row<tf.LeakyReluInputs, tf.LeakyReluAttrs>
  Less: Row<tf.LessInputs>
  LessEqual: Row<tf.LessEqualInputs>
  Log: Row<tf.LogInputs>
  LogicalAnd: Row<tf.LogicalAndInputs>
  LogicalNot: Row<tf.LogicalNotInputs>
  LogicalOr: Row<tf.LogicalOrInputs>
  Max: Row<tf.MaxInputs, tf.MaxAttrs>
  Maximum: Row<tf.MaximumInputs>
  Mean: Row<tf.MeanInputs, tf.MeanAttrs>
  Min: Row<tf.MinInputs, tf.MinAttrs>
  Minimum: Row<tf.MinimumInputs>
  Multiply: Row<tf.MultiplyInputs>
  Neg: Row<tf.NegInputs>
  NotEqual: Row<tf.NotEqualInputs>
  OnesLike: Row<tf.OnesLikeInputs>
  Pack: Row<tf.PackInputs, tf.PackAttrs>
  PadV2: Row<tf.PadV2Inputs, tf.PadV2Attrs>
  Pow: Row<tf.PowInputs>
  RealDiv: Row<tf.RealDivInputs>
  Reciprocal: Row<tf.ReciprocalInputs>
  Relu: Row<tf.ReluInputs>
  Reshape: Row<tf.ReshapeInputs, tf.ReshapeAttrs>
  Rsqrt: Row<tf.RsqrtInputs>
  Select: Row<tf.SelectInputs>
  Sigmoid: Row<tf.SigmoidInputs>
  Sign: Row<tf.SignInputs>
  Slice: Row<tf.SliceInputs, tf.SliceAttrs>
  Softmax: Row<tf.SoftmaxInputs, tf.SoftmaxAttrs>
  Softplus: Row<tf.SoftplusInputs>
  SplitV: Row<tf.SplitVInputs, tf.SplitVAttrs>
  Sqrt: Row<tf.SqrtInputs>
  Square: Row<tf.SquareInputs>
  SquaredDifference: Row<tf.SquaredDifferenceInputs>
  Step: Row<tf.StepInputs, tf.StepAttrs>
  Sub: Row<tf.SubInputs>
  Sum: Row<tf.SumInputs, tf.SumAttrs>
  Tanh: Row<tf.TanhInputs>
  Tile: Row<tf.TileInputs, tf.TileAttrs>
  Transpose: Row<tf.TransposeInputs, tf.TransposeAttrs>
  Unpack: Row<tf.UnpackInputs, tf.UnpackAttrs>
  ZerosLike: Row<tf.ZerosLikeInputs>
}

export type Kernel = keyof KernelMap
