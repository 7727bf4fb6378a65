// Means of losses over any number of steps, summed in the steps' order in float64.
import type { ChunkMetrics } from '../engines/engine.js'
import type { Losses } from './events.js'

/** Running sums. Adding chunk by chunk or step by step gives the same numbers. */
export class LossSums {
  #steps = 0
  #loss = 0
  #reconstruction = 0
  #kl = 0

  add({ loss, reconstruction, kl }: ChunkMetrics): this {
    for (const value of loss) this.#loss += value
    for (const value of reconstruction) this.#reconstruction += value
    for (const value of kl) this.#kl += value
    this.#steps += loss.length
    return this
  }

  means(): Losses {
    const steps = Math.max(1, this.#steps)
    return {
      loss: this.#loss / steps,
      reconstruction: this.#reconstruction / steps,
      kl: this.#kl / steps,
    }
  }
}
