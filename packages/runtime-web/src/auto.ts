// The choice of a provider by trying: WebGPU where a first run succeeds, else WASM.
import { refuse, type RuntimeInfo, type Session, type SessionBackend } from '@anyvae/runtime'
import { webBackend, type WebSessionOptions } from './backend.js'
import { checkProvider, type WebProvider } from './onnxruntime.js'

/** A backend that chooses, and why a session is not on WebGPU, once one was refused. */
export interface Choice {
  readonly backend: SessionBackend
  readonly fallback: () => Pick<RuntimeInfo, 'fallback'> | undefined
}

/**
 * A backend of one provider, or that tries WebGPU, and once that has failed stays with WASM.
 *
 * @throws RuntimeError on options that no session could take
 */
export function chooseBackend(
  provider: WebProvider | 'auto',
  { session }: Pick<WebSessionOptions, 'session'>,
): Choice {
  const own = session?.['executionProviders']
  if (provider !== 'auto') checkProvider(provider)
  else if (own) refuse('session.executionProviders: not for auto', own, 'none')
  let failed: Pick<RuntimeInfo, 'fallback'> | undefined
  const createSession = async (model: Uint8Array, options: WebSessionOptions): Promise<Session> => {
    const create = (on: WebProvider): Promise<Session> =>
      webBackend.createSession(model, { ...options, provider: on })
    if (provider !== 'auto') return create(provider)
    try {
      if (!failed) return await (await import('./gpu.js')).createProven(create)
    } catch (error) {
      failed = { fallback: (error as Error).message }
    }
    return create('wasm')
  }
  return { backend: { ...webBackend, createSession }, fallback: () => failed }
}
