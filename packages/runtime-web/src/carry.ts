// What trainers alone need of a session, in a file of its own: pages that only decode do not load it.
import { createCarried, type Carried, type CarriedNames, type Queue } from '@anyvae/runtime'
import type { InferenceSession } from 'onnxruntime-web'

export { inGpuBuffers } from '@anyvae/runtime'

/** What a session carries. Where it cannot, it is released, and a RuntimeError thrown (by rejection). */
export async function carry(
  session: InferenceSession,
  names: CarriedNames,
  queue: Queue,
): Promise<Carried> {
  try {
    return createCarried(session, names)
  } catch (error) {
    await queue(() => session.release())
    throw error
  }
}
