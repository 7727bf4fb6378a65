// The public names of @anyvae/trainer.
export { TrainError } from './error.js'
export { parseNetworkConfig } from './network/config.js'
export { initialParameters, zeroMoments, type ParameterValues } from './network/initial.js'
export { createNetwork } from './network/network.js'
export type {
  Architecture,
  ConvConfig,
  Decoded,
  Initialiser,
  Likelihood,
  MlpConfig,
  Network,
  NetworkConfig,
  NetworkOptions,
  ParameterSpec,
  Posterior,
  Tensors,
} from './network/types.js'
export { adam, adamScalars, type AdamInputs, type AdamState } from './objective/adam.js'
export { elboTerms, type ElboInputs, type ElboTerms } from './objective/elbo.js'
export { trainStep, type StepInputs, type StepOutputs } from './objective/step.js'
export type {
  Chunk,
  ChunkMetrics,
  EngineFactory,
  EngineOptions,
  EvaluationBatch,
  EvaluationTerms,
  Evaluator,
  TrainingEngine,
  TrainingState,
} from './engines/engine.js'
export { initialState } from './engines/initial-state.js'
export { tfjsEngine } from './engines/tfjs.js'
export {
  decodeCheckpoint,
  encodeCheckpoint,
  type Checkpoint,
  type ComputedWith,
} from './checkpoint/checkpoint.js'
export {
  decodeSafetensors,
  encodeSafetensors,
  type SafeTensor,
  type SafeTensors,
} from './checkpoint/safetensors.js'
export { parseTrainConfig } from './training/config.js'
export type { Duration, Schedule, TrainConfig, TrainSettings } from './training/config.js'
export {
  type DrawnEvaluation,
  evaluate,
  evaluateDraws,
  type EvaluateOptions,
  type Evaluation,
} from './training/evaluate.js'
export type {
  ComputedRecord,
  EpochRecord,
  Examples,
  Listener,
  Losses,
  Measured,
  TrainEvent,
} from './training/events.js'
export { bitsNote, bitsPerDimension } from './training/bits.js'
export {
  lengthInSteps,
  suitedLength,
  type LengthInSteps,
  type TrainingLength,
} from './training/length.js'
export { parseRecord } from './training/record.js'
export { scalarsOf, type StepScalars } from './training/schedule.js'
export { train, type TrainImages, type TrainOptions, type TrainResult } from './training/train.js'
export { onnxEngine } from './engines/onnx.js'
