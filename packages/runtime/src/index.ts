// The public names of this package.
export { abortError, abortable, checkSignal, isAbortSignal } from './reading/abort.js'
export { checkPath } from './reading/bundle-path.js'
export { checkCarried, createCarried, inGpuBuffers } from './carried.js'
export type { Carried, CarriedNames } from './carried.js'
export { checkWhole, kindOf } from './check.js'
export { checkLoadOptions } from './load-options.js'
export { ownCopy } from './own-copy.js'
export { openDecoder } from './decoder.js'
export type { DecodedBatch, DecodeOptions, Decoder, Decoding, ImageBatch } from './decoder.js'
export {
  report,
  type DownloadOptions,
  type DownloadProgress,
  type SizeOptions,
} from './reading/download.js'
export { openEncoder } from './encoder.js'
export type { Encoded, Encoder, ReconstructOptions } from './encoder.js'
export { RuntimeError, refuse } from './error.js'
export {
  externalTensors,
  refuseExternalData,
  type ExternalTensor,
} from './reading/external-data.js'
export type { OpenOptions, RuntimeInfo, VaeShape } from './half.js'
export type { CanvasPixels, Images, Pixels } from './images.js'
export { interpolateLatents, type InterpolateOptions } from './interpolate.js'
export { drawLatents } from './latents.js'
export type { LatentBatch, Latents, SampleOptions } from './latents.js'
export { FORMAT_VERSION } from './manifest.js'
export type {
  Calibration,
  Damage,
  ImageShape,
  Manifest,
  ManifestFile,
  Precision,
  QualitySummary,
  Role,
  TrainingSummary,
} from './manifest.js'
export { wrapSession, type WrapOptions } from './ort-session.js'
export { sha256Hex } from './sha256.js'
export { parseManifest } from './parse-manifest.js'
export { drawPosterior } from './posterior.js'
export { createQueue, type Queue } from './queue.js'
export { MANIFEST_FILE, readManifest, readModel, type BundleReader } from './reader.js'
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
export { mostBytes, parseUrl, readUrl, urlReader, type UrlReader } from './reading/url-reader.js'
export { openVae, type OpenVaeOptions, type Vae } from './vae.js'
