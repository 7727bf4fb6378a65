// What to say where a provider cannot be had.
import { refuse, RuntimeError, type Provider } from '@anyvae/runtime'
import { needsOf, PLATFORMS } from './needs.js'

/** Refuses a provider that onnxruntime's binaries for this platform lack. */
export function refuseUnknown(provider: string, built: readonly Provider[]): never {
  const where = `${process.platform} on ${process.arch}`
  const need = Object.entries(PLATFORMS).find(([name]) => name === provider)?.[1]
  const needs = need === undefined ? '' : `; ${provider} needs ${need}`
  refuse(
    `provider: not one of onnxruntime-node for ${where}`,
    `'${provider}'`,
    built.join(', ') + needs,
  )
}

/** Refuses a provider that the binaries have and the machine does not let start. */
export function refuseProvider(
  {
    provider,
    exclusive = false,
  }: { readonly provider: Provider; readonly exclusive?: boolean | undefined },
  cause: unknown,
): never {
  const relaxed = exclusive ? '; or, with `exclusive` off, some nodes on the CPU' : ''
  const got = briefly(cause instanceof Error ? cause.message : String(cause))
  throw new RuntimeError(
    `provider: ${provider} cannot run this model here, got '${got}', expected ${expectedOf(provider)}${relaxed}`,
    { cause },
  )
}

/** What is missing, or what must be there that cannot be looked for. */
export function expectedOf(provider: Provider): string {
  const missing = needsOf(provider).filter((need) => !need.found)
  if (missing.length === 0) return PLATFORMS[provider]
  return missing.map((need) => `${need.what}${lacking(need.parts)}: ${need.how}`).join('; and ')
}

function lacking(parts: Readonly<Record<string, boolean>>): string {
  const names = Object.keys(parts).filter((name) => parts[name] === false)
  return names.length === 0 ? '' : ` (${names.join(', ')} missing)`
}

/** onnxruntime's message without the places in its sources that it begins with. */
export function briefly(message: string): string {
  const line = message.trim().replace(/\s+/g, ' ')
  return line
    .replace(/^.*\[ONNXRuntimeError\] : \d+ : \w+ : /, '')
    .replace(/^\/.*? was false\. /, '')
    .replace(/^OrtSessionOptionsAppendExecutionProvider_\w+: /, '')
}
