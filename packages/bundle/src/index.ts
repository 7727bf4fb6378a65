// The public names of @anyvae/bundle.
export { createBundle, type BundleFiles, type BundleOptions } from './bundle.js'
export { BundleError } from './error.js'
export { bundleEvaluator, type BundleEvaluator, type EvaluatorOptions } from './evaluator.js'
export type { NodeCounts } from './graphs.js'
export type { LightPrecision } from './light.js'
export { readBundle } from './memory.js'
export {
  BINARISATION,
  DEFAULT_DRAWS,
  type MeasuredOn,
  measureQuality,
  qualityOf,
  type QualityOptions,
} from './quality.js'
export { renewBundle, type RenewOptions } from './renew.js'
export { type Trained, type TrainedData, trainedOf } from './trained.js'
export { addVariants, type VariantOptions } from './variants.js'
export {
  type FileVerification,
  type OutputVerification,
  type Verification,
  verifyBundle,
} from './verification/verify.js'
