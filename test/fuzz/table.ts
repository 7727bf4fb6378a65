// All fuzz targets by name. Each is loaded by the process that runs it alone.
import type { Target } from './target.js'

/** Each parser of bytes or text from outside. */
export const targets = {
  npy: async () => (await import('./targets/npy.js')).npy,
  'npy-images': async () => (await import('./targets/npy.js')).npyImages,
  'npy-labels': async () => (await import('./targets/npy.js')).npyLabels,
  npz: async () => (await import('./targets/image-files.js')).npz,
  'idx-images': async () => (await import('./targets/idx.js')).idxImageFile,
  'idx-labels': async () => (await import('./targets/idx.js')).idxLabelFile,
  'idx-gzip': async () => (await import('./targets/image-files.js')).idxGzip,
  png: async () => (await import('./targets/png.js')).png,
  'image-file': async () => (await import('./targets/image-files.js')).imageFile,
  'image-folder': async () => (await import('./targets/image-folder.js')).imageFolder,
  manifest: async () => (await import('./targets/manifest.js')).manifest,
  path: async () => (await import('./targets/manifest.js')).path,
  url: async () => (await import('./targets/urls.js')).url,
  'external-data': async () => (await import('./targets/external-data.js')).externalData,
  onnx: async () => (await import('./targets/onnx.js')).onnxModel,
  tensor: async () => (await import('./targets/onnx.js')).tensor,
  passes: async () => (await import('./targets/passes.js')).passes,
  safetensors: async () => (await import('./targets/checkpoint.js')).safetensors,
  checkpoint: async () => (await import('./targets/checkpoint.js')).checkpoint,
  'run-config': async () => (await import('./targets/run-folder.js')).runConfig,
  log: async () => (await import('./targets/run-folder.js')).log,
  'saved-model': async () => (await import('./targets/saved-model.js')).savedModel,
  'command-line': async () => (await import('./targets/command-line.js')).commandLine,
} as const satisfies Readonly<Record<string, () => Promise<Target>>>

/** The name of a target. */
export type TargetName = keyof typeof targets
