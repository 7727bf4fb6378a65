// What to say where a provider cannot be had.
import { refuse, type Provider } from '@anyvae/runtime'

const NEEDS: Readonly<Record<Provider, string>> = {
  cpu: 'nothing further',
  wasm: 'a browser',
  cuda:
    'Linux on x64, an NVIDIA driver, CUDA 12 and cuDNN 9, and the CUDA libraries of onnxruntime: ' +
    'ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node',
  webgpu: 'a GPU with its driver (on Linux a Vulkan driver and libvulkan.so.1)',
  coreml: 'macOS',
  dml: 'Windows and a GPU that supports DirectX 12',
}

/** Refuses a provider that onnxruntime's binaries for this platform lack. */
export function refuseUnknown(provider: string, built: readonly Provider[]): never {
  const where = `${process.platform} on ${process.arch}`
  const need = Object.entries(NEEDS).find(([name]) => name === provider)?.[1]
  const needs = need === undefined ? '' : `; ${provider} needs ${need}`
  refuse(
    `provider: not one of onnxruntime-node for ${where}`,
    `'${provider}'`,
    built.join(', ') + needs,
  )
}

/** Refuses a provider that the binaries have and the machine does not let start. */
export function refuseProvider(
  { provider, exclusive = false }: { readonly provider: Provider; readonly exclusive?: boolean },
  cause: unknown,
): never {
  const relaxed = exclusive ? '; or, with `exclusive` off, some nodes on the CPU' : ''
  refuse(`provider: ${provider} cannot run this model here`, cause, NEEDS[provider] + relaxed)
}
