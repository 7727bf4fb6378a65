// What to say where a provider cannot be had.
import { RuntimeError, causeText, type Provider } from '@anyvae/runtime'

const NEEDS: Readonly<Record<Provider, string>> = {
  cpu: 'nothing further',
  wasm: 'a browser: use @anyvae/runtime-web',
  cuda:
    'Linux on x64, an NVIDIA driver, CUDA 12 and cuDNN 9, and the CUDA libraries of onnxruntime: ' +
    'ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node',
  webgpu: 'a GPU with its driver (on Linux a Vulkan driver and libvulkan.so.1)',
  coreml: 'macOS',
  dml: 'Windows and a GPU that supports DirectX 12',
}

/** The error for a provider that onnxruntime's binaries for this platform lack. */
export function unknownProvider(provider: string, built: readonly Provider[]): RuntimeError {
  const where = `${process.platform} on ${process.arch}`
  const need = Object.entries(NEEDS).find(([name]) => name === provider)?.[1]
  const needs = need === undefined ? '' : `; ${provider} needs ${need}`
  return new RuntimeError(
    `provider: not one of onnxruntime-node for ${where}, got '${provider}', ` +
      `expected ${built.join(', ')}${needs}`,
  )
}

/** The error for a provider that the binaries have and the machine does not let start. */
export function missingProvider(
  { provider, exclusive = false }: { readonly provider: Provider; readonly exclusive?: boolean },
  cause: unknown,
): RuntimeError {
  const relaxed = exclusive ? '; or, with `exclusive` off, some nodes on the CPU' : ''
  return new RuntimeError(
    `provider: ${provider} cannot run this model here, got '${causeText(cause)}', expected ${NEEDS[provider]}${relaxed}`,
    { cause },
  )
}
