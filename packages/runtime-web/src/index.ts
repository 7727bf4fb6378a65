// The public names of this package.
export { webBackend } from './backend.js'
export type { WebBackend, WebSessionOptions } from './backend.js'
export { drawImages, toImageData, type DrawOptions } from './canvas.js'
export { loadDecoder, loadEncoder, loadVae } from './load.js'
export type { LoadOptions, LoadVaeOptions, WebOptions } from './load.js'
export { loadVaeInWorker, type WorkerOptions } from './load-in-worker.js'
export type { WasmPaths } from './onnxruntime.js'
export { RuntimeError, urlReader } from '@anyvae/runtime'
export type {
  BundleReader,
  DecodedBatch,
  DecodeOptions,
  Decoder,
  DownloadOptions,
  DownloadProgress,
  Encoded,
  Encoder,
  ImageBatch,
  Images,
  ImageShape,
  InterpolateOptions,
  LatentBatch,
  Latents,
  Manifest,
  Precision,
  Provider,
  ReconstructOptions,
  RuntimeInfo,
  SampleOptions,
  SessionOptions,
  Vae,
} from '@anyvae/runtime'
