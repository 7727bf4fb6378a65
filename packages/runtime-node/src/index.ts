// The public names of this package.
export { nodeBackend, type NodeBackend, type NodeSessionOptions } from './backend.js'
export { diskReader, type DiskOptions } from './disk.js'
export { bundleReader, loadDecoder, loadEncoder, loadVae } from './load.js'
export type { LoadOptions, LoadVaeOptions } from './load.js'
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
  OpenOptions,
  OpenVaeOptions,
  Precision,
  Provider,
  ReconstructOptions,
  RuntimeInfo,
  SampleOptions,
  SessionOptions,
  Vae,
} from '@anyvae/runtime'
