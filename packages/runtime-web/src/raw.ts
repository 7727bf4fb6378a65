// Session options of onnxruntime as they are, for the few pages that set any.
import { refuse, type SessionOptions } from '@anyvae/runtime'
import type { InferenceSession } from 'onnxruntime-web'

/**
 * The raw options, with the provider of the session in place of what they say of it.
 *
 * @throws RuntimeError where they name another provider
 */
export function rawOptions(
  { exclusive = false, session = {} }: SessionOptions,
  provider: { readonly name: string; readonly device: GPUDevice | undefined },
): InferenceSession.SessionOptions {
  const extra = record(session['extra'])
  const strict = exclusive && provider.device && { disable_cpu_ep_fallback: '1' }
  return {
    ...session,
    extra: { ...extra, session: { ...record(extra['session']), ...strict } },
    executionProviders: [
      { ...settings(session['executionProviders'], provider.name), ...provider },
    ],
  }
}

/** The settings of the one provider, where the raw options carry them. */
function settings(raw: unknown, provider: string): Record<string, unknown> {
  const all: readonly unknown[] = Array.isArray(raw) ? raw : [provider]
  const found = record(all[0])
  if (all.length === 1 && (all[0] === provider || found['name'] === provider)) return found
  refuse('session.executionProviders: not its one', JSON.stringify(raw), provider)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
