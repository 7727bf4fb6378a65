// What trainers alone need of a session, in a file of its own: pages that only decode do not load it.
import { createCarried, inGpuBuffers } from '@anyvae/runtime'
import type { Carried, CarriedNames, Queue } from '@anyvae/runtime'
import type { InferenceSession } from 'onnxruntime-web'

/** What carries values between the runs of a session. */
export interface Carrying {
  /** The option that leaves them on the GPU. */
  readonly onGpu: ReturnType<typeof inGpuBuffers>
  /** Of the session; where it cannot carry them it is released, and a RuntimeError thrown (by rejection). */
  readonly carry: (session: InferenceSession, queue: Queue) => Promise<Carried>
}

/** What a session that carries these values needs. */
export function carrying(names: CarriedNames): Carrying {
  return {
    onGpu: inGpuBuffers(names),
    async carry(session, queue) {
      try {
        return createCarried(session, names)
      } catch (error) {
        await queue(() => session.release())
        throw error
      }
    },
  }
}
