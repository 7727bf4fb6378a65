// The choice of a provider by trying: WebGPU where a first run succeeds, else WASM.
import type { Session, SessionBackend } from '@anyvae/runtime'
import { webBackend, type WebSessionOptions } from './backend.js'

/** Why a session is not on WebGPU, once one was refused. */
export interface Choice {
  readonly backend: SessionBackend
  readonly fallback: () => string | undefined
}

/** A backend that tries WebGPU, and once that has failed stays with WASM. */
export function chooseBackend(): Choice {
  let reason: string | undefined
  const createSession = async (model: Uint8Array, options: WebSessionOptions): Promise<Session> => {
    try {
      if (reason === undefined) return await createProven(model, options)
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
    }
    return webBackend.createSession(model, { ...options, provider: 'wasm' })
  }
  const backend = { ...webBackend, createSession }
  return { backend, fallback: () => reason }
}

/** A session on WebGPU that has run once: creating one proves little. */
async function createProven(model: Uint8Array, options: WebSessionOptions): Promise<Session> {
  const { prove } = await import('./gpu.js')
  const session = await webBackend.createSession(model, { ...options, provider: 'webgpu' })
  try {
    await prove(session)
    return session
  } catch (error) {
    await session.release().catch(() => undefined)
    throw error
  }
}
