// What a provider needs of the machine, what of it is there, and how to get the rest.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Provider } from '@anyvae/runtime'
import { hasLibrary } from './library.js'
import { vulkanDrivers } from './vulkan.js'

/** One thing that a provider needs. */
export interface Need {
  /** For example `cuDNN 9`. */
  readonly what: string
  readonly found: boolean
  /** What was looked for: libraries, or drivers that were found. */
  readonly parts: Readonly<Record<string, boolean>>
  /** How to get it. */
  readonly how: string
}

/** Where each provider runs at all, with onnxruntime-node's own binaries. */
export const PLATFORMS: Readonly<Record<Provider, string>> = {
  cpu: 'any platform of onnxruntime-node',
  cuda: 'Linux on x64 and an NVIDIA GPU',
  webgpu: 'Linux on x64, Windows or macOS, and a GPU with its driver',
  coreml: 'macOS',
  dml: 'Windows and a GPU that supports DirectX 12',
  wasm: 'a browser',
}

/**
 * What can be looked for without starting the provider; nothing where the platform has it all, or is
 * not the provider's. Libraries are looked for where the dynamic linker would, and not loaded.
 */
export function needsOf(provider: Provider): readonly Need[] {
  if (process.platform !== 'linux') return []
  if (provider === 'cuda') return cudaNeeds()
  return provider === 'webgpu' ? vulkanNeeds() : []
}

const CUDA_LIBRARIES = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcurand.so.10',
]

function cudaNeeds(): Need[] {
  const binaries = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so']
  return [
    need("onnxruntime's CUDA binaries", {
      parts: partsOf(binaries, (name) => existsSync(join(binariesFolder(), name))),
      how: 'ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node',
    }),
    need('an NVIDIA driver', {
      parts: partsOf(['libcuda.so.1'], hasLibrary),
      how: "the driver of the system's packages or NVIDIA's, with which nvidia-smi lists the GPU",
    }),
    need('CUDA 12', {
      parts: partsOf(CUDA_LIBRARIES, hasLibrary),
      how: "NVIDIA's CUDA 12 toolkit or runtime packages, their folder on LD_LIBRARY_PATH",
    }),
    need('cuDNN 9', {
      parts: partsOf(['libcudnn.so.9'], hasLibrary),
      how: "NVIDIA's cuDNN 9 for CUDA 12, its folder on LD_LIBRARY_PATH",
    }),
  ]
}

function vulkanNeeds(): Need[] {
  const drivers = vulkanDrivers()
  return [
    need('a Vulkan loader', {
      parts: partsOf(['libvulkan.so.1'], hasLibrary),
      how: 'libvulkan1 on Debian and Ubuntu, vulkan-loader on Fedora, vulkan-icd-loader on Arch',
    }),
    {
      what: 'a Vulkan driver',
      found: Object.values(drivers).includes(true),
      parts: drivers,
      how: "mesa-vulkan-drivers for AMD and Intel, NVIDIA's own driver, or VK_ICD_FILENAMES with the path of a driver's .json",
    },
  ]
}

function need(what: string, { parts, how }: Pick<Need, 'parts' | 'how'>): Need {
  return { what, found: !Object.values(parts).includes(false), parts, how }
}

function partsOf(names: readonly string[], found: (name: string) => boolean) {
  return Object.fromEntries(names.map((name) => [name, found(name)]))
}

/** Where onnxruntime-node keeps the binaries for this machine. */
function binariesFolder(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node')
  return join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch)
}
