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
export { tfjsEngine } from './engines/tfjs.js'
