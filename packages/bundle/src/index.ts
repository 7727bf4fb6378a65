// The public names of @anyvae/bundle.
export { createBundle, type BundleFiles, type BundleOptions } from './bundle.js'
export { BundleError } from './error.js'
export { bundleEvaluator, type BundleEvaluator } from './evaluator.js'
export { BINARISATION, type Trained, type TrainedData, trainedOf } from './trained.js'
export { type FileVerification, type Verification, verifyBundle } from './verify.js'
