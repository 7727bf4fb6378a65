// Which operators compute in float16, and which stay in float32 for what reason.
import type { Node } from '../types.js'

/**
 * `half`: computes in float16. `float`: stays in float32. `follow`: stays in float32 where an operand
 * is in float32 or is a constant that float16 does not hold, and computes in float16 elsewhere; so
 * what begins with an Exp, such as log(1 + exp(x)), stays in float32 to its end.
 */
export type Rule = 'half' | 'float' | 'follow'

/** Operators that stay in float32, by reason. */
const float: Readonly<Record<string, readonly string[]>> = {
  'their results soon pass 65504, as exp(11.1) does': ['Exp', 'Pow', 'Sinh', 'Cosh', 'ReduceProd'],
  'they sum up many values, which passes 65504 or loses what is small': [
    ...['ReduceSum', 'ReduceMean', 'ReduceSumSquare', 'ReduceL1', 'ReduceL2', 'ReduceLogSum'],
    ...['ReduceLogSumExp', 'GlobalAveragePool', 'CumSum', 'DFT', 'STFT'],
  ],
  'they square, sum up and divide by what may be as small as an epsilon': [
    ...['BatchNormalization', 'InstanceNormalization', 'LayerNormalization', 'GroupNormalization'],
    ...['LRN', 'LpNormalization', 'MeanVarianceNormalization', 'LpPool', 'GlobalLpPool'],
  ],
  'the standard has no float16 for them in some operator set from 13 on': [
    ...['Range', 'NonMaxSuppression', 'IsInf', 'RoiAlign', 'QuantizeLinear', 'DequantizeLinear'],
    ...['DynamicQuantizeLinear', 'MelWeightMatrix'],
  ],
}

/** Operators that work element by element or row by row, compare, or only move elements. */
const follow: readonly string[] = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Neg', 'Abs', 'Sign', 'Sqrt', 'Reciprocal', 'Log', 'Erf'],
  ...['Floor', 'Ceil', 'Round', 'Min', 'Max', 'Sum', 'Mean', 'Clip', 'Where', 'IsNaN'],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Tanh', 'Asinh', 'Acosh', 'Atanh'],
  ...['Sigmoid', 'HardSigmoid', 'Relu', 'LeakyRelu', 'PRelu', 'ThresholdedRelu', 'Elu', 'Selu'],
  ...['Celu', 'Gelu', 'Mish', 'HardSwish', 'Softplus', 'Softsign', 'Shrink'],
  ...['Softmax', 'LogSoftmax', 'Hardmax'],
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'],
  ...['ReduceMax', 'ReduceMin', 'ArgMax', 'ArgMin', 'TopK', 'Unique', 'NonZero'],
  ...['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand', 'Tile'],
  ...['Concat', 'Split', 'Slice', 'Pad', 'Gather', 'GatherElements', 'GatherND', 'Trilu'],
  ...['ScatterElements', 'ScatterND', 'ReverseSequence', 'DepthToSpace', 'SpaceToDepth', 'OneHot'],
  ...['Compress', 'Shape', 'Size', 'Constant', 'ConstantOfShape', 'EyeLike'],
]

const rules = new Map<string, Rule>([
  ...follow.map((name) => [name, 'follow'] as const),
  ...Object.values(float).flatMap((names) => names.map((name) => [name, 'float'] as const)),
])

/** Operands that are float32 whatever the others are, by their places. */
const floatOperands: Readonly<Record<string, readonly number[]>> = { Resize: [1, 2] }

/** How an operator computes; of another domain than ONNX's own nothing is known. */
export function ruleOf(node: Node): Rule {
  return node.domain ? 'float' : (rules.get(node.opType) ?? 'half')
}

/** Whether an operand is float32 by the standard. */
export function isFloatOperand(node: Node, index: number): boolean {
  return !node.domain && (floatOperands[node.opType] ?? []).includes(index)
}
