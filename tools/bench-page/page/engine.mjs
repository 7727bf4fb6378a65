// A peer over one of anyvae's own engines, which take several steps at once.
import { adamScalars } from '@anyvae/trainer'
import { inputsOf, LEARNING_RATE } from './task.mjs'

/** What takes some steps at each call, and gives the loss of each. */
export async function enginePeer(task, { factory, threads, about, chunkSteps }) {
  const { network, state, batchSize } = task
  const options = { batchSize, chunkSteps, ...(threads && { threads }) }
  const engine = await factory(network, state, options)
  let done = 0
  return {
    ...about(engine),
    async run() {
      const { steps, bytes, noise } = inputsOf(task, done, engine.chunkSteps)
      const { loss } = await engine.run({
        steps,
        images: bytes,
        places: Int32Array.from({ length: steps * batchSize }, (_, i) => i),
        noise,
        ...scalarsOf(done, steps),
      })
      done += steps
      return [...loss]
    },
  }
}

/** The scalars of some steps after so many. */
function scalarsOf(done, steps) {
  const all = Array.from({ length: steps }, (_, i) => adamScalars(done + i + 1, LEARNING_RATE))
  return {
    stepSize: Float32Array.from(all, ({ stepSize }) => stepSize),
    epsilon: Float32Array.from(all, ({ epsilon }) => epsilon),
    beta: new Float32Array(steps).fill(1),
  }
}
