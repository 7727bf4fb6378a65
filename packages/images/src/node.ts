// The public names of @anyvae/images/node: everything that touches files or the network.
export { savePicture, writeFileAtomic } from './node/atomic.js'
export { defaultCacheDir, downloadDataset, type DatasetName } from './node/datasets.js'
export { imagesDigest } from './node/digest.js'
export { downloadFile, type Download, type DownloadFileOptions } from './node/download.js'
export { readImageFile } from './node/image-file.js'
export { loadImages, streamImages, type LoadedImages, type StreamedImages } from './node/load.js'
export type {
  DownloadOptions,
  Fetch,
  Fit,
  LoadOptions,
  LoadProgress,
  Size,
} from './node/options.js'
export { deflatePng } from './node/png.js'
