// The choice of a provider by trying: WebGPU where a first run succeeds, else WASM.
import { refuse, type Session, type SessionBackend, type TensorValue } from '@anyvae/runtime'
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
      if (reason === undefined) return await createProven(model, { ...options, provider: 'webgpu' })
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
    }
    return webBackend.createSession(model, { ...options, provider: 'wasm' })
  }
  const backend = { ...webBackend, createSession }
  return { backend, fallback: () => reason }
}

/** A session that has run once: creating one proves little. */
async function createProven(model: Uint8Array, options: WebSessionOptions): Promise<Session> {
  const session = await webBackend.createSession(model, options)
  try {
    const results = await session.run(zeros(session))
    for (const [name, { data }] of Object.entries(results)) {
      const wrong = data instanceof Float32Array && !data.every(Number.isFinite)
      if (wrong) refuse(`${options.provider}: a first run failed`, `NaN in '${name}'`, 'numbers')
    }
    return session
  } catch (error) {
    await session.release().catch(() => undefined)
    throw error
  }
}

/** One row of zeros for each input. */
function zeros({ inputs }: Session): Record<string, TensorValue> {
  return Object.fromEntries(
    inputs.map(({ name, dims: symbolic }) => {
      const dims = symbolic.map((dim) => (typeof dim === 'number' ? dim : 1))
      const size = dims.reduce((product, dim) => product * dim, 1)
      return [name, { type: 'float32', dims, data: new Float32Array(size) }]
    }),
  )
}
