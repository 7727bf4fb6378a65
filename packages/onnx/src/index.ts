// The public names of @anyvae/onnx.
export { checkModel } from './check/checker.js'
export {
  decodeModel,
  decodeTensor,
  encodeModel,
  encodeModelParts,
  encodeTensor,
  externalFiles,
  type ModelParts,
  type PartsOptions,
} from './codec/codec.js'
export type { ExternalPlace, ReadExternal } from './codec/external.js'
export { OnnxError } from './error.js'
export { oneLine } from './one-line.js'
export { foldAffine } from './passes/affine.js'
export { foldBiases } from './passes/bias.js'
export { removeBroadcasts } from './passes/broadcasts.js'
export { fuseClips } from './passes/clips.js'
export { removeDeadNodes, removeUnusedInitializers } from './passes/dead.js'
export { readValue, type Unknown } from './passes/evaluate/read.js'
export { foldConstants } from './passes/fold.js'
export { fuseGemm } from './passes/gemm.js'
export { fuseKernels } from './passes/kernels/fuse.js'
export { removeIdioms } from './passes/idioms.js'
export { mergeInitializers } from './passes/initializers.js'
export { restoreNames } from './passes/names.js'
export { optimizeGraph, simplifyGraph } from './passes/optimize.js'
export { mergeReshapes } from './passes/reshapes.js'
export { eliminateCommonSubexpressions } from './passes/subexpressions.js'
export { pushTransposes } from './passes/transposes.js'
export { shrinkUniform } from './passes/uniform.js'
export { mapSubgraphs, renameReads } from './passes/walk.js'
export { foldIntoWeights } from './passes/weights.js'
export { printGraph, printModel } from './printer.js'
export type {
  Attribute,
  DataType,
  Dim,
  Graph,
  Initializer,
  Model,
  Node,
  TensorData,
  ValueInfo,
} from './types.js'
export { GraphBuilder, type CallOptions } from './builder/builder.js'
export { loopGraph, type LoopOptions, type Scanned } from './builder/loop.js'
export { identifier, Names } from './builder/names.js'
export { numbersOf, tensorOf } from './builder/tensor.js'
export { leastOpset } from './builder/operators/check.js'
export { attr, type Value, type ValueType } from './builder/value.js'
export type { DftOptions } from './builder/forms.js'
export { broadcast } from './builder/inference/elementwise.js'
export { dataTypeBytes, dataTypeCode } from './data-types.js'
export { elementCount } from './builder/value.js'
export { createModel, DEFAULT_OPSET, type ModelOptions } from './model.js'
export { calibrationGraph, valuesToCalibrate } from './precision/calibrate.js'
export { quantizeGraph, type Ranges } from './precision/quantize.js'
export { RangeObserver, type Range } from './precision/range.js'
export { toFloat16 } from './precision/float16.js'
