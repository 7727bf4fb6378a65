// The public names of this package.
export { RuntimeError } from './error.js'
export {
  FORMAT_VERSION,
  type ImageShape,
  type Manifest,
  type ManifestFile,
  type Precision,
  type QualitySummary,
  type Role,
  type TrainingSummary,
} from './manifest.js'
export { wrapSession, type WrapOptions } from './ort-session.js'
export { checkPath, parseManifest } from './parse-manifest.js'
export { createQueue, type Queue } from './queue.js'
export type {
  Provider,
  Session,
  SessionBackend,
  SessionOptions,
  SessionValue,
  TensorArrays,
  TensorType,
  TensorValue,
} from './session.js'
