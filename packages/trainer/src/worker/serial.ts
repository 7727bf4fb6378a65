// An engine that several may use: what is asked for while it computes waits for its turn.
import { createQueue } from '@anyvae/runtime'
import type { TrainingEngine } from '../engines/engine.js'

/** The same engine, whose calls are made one after another. */
export function oneAtATime(engine: TrainingEngine): TrainingEngine {
  const queue = createQueue()
  const { name, image, provider, threads, versions, chunkSteps, readsInPlace } = engine
  return {
    ...{ name, image, provider, threads, chunkSteps, readsInPlace },
    ...(versions && { versions }),
    run: (chunk) => queue(() => engine.run(chunk)),
    evaluate: (batch) => queue(() => engine.evaluate(batch)),
    reconstruct: (images, count) => queue(() => engine.reconstruct(images, count)),
    decode: (latents, count) => queue(() => engine.decode(latents, count)),
    state: () => queue(() => engine.state()),
    release: () => queue(() => engine.release()),
  }
}
