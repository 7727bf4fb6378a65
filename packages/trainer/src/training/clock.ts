// Where the time of a training goes: steps, evaluation, and what is left.
import type { Measured } from './events.js'

type Times = Omit<Measured, 'imagesPerSecond'>

/** Runs from its making on. */
export class Clock {
  readonly #begun = performance.now()
  #stepped = 0
  #evaluated = 0
  #before: Times = { seconds: 0, stepSeconds: 0, evaluationSeconds: 0 }

  async stepping<T>(work: () => Promise<T>): Promise<T> {
    return timed(work, (milliseconds) => (this.#stepped += milliseconds))
  }

  async evaluating<T>(work: () => Promise<T>): Promise<T> {
    return timed(work, (milliseconds) => (this.#evaluated += milliseconds))
  }

  total(): Times {
    return {
      seconds: (performance.now() - this.#begun) / 1000,
      stepSeconds: this.#stepped / 1000,
      evaluationSeconds: this.#evaluated / 1000,
    }
  }

  /** Since the lap before: no time lies between two laps. */
  lap(): Times {
    const [before, now] = [this.#before, this.total()]
    this.#before = now
    return {
      seconds: now.seconds - before.seconds,
      stepSeconds: now.stepSeconds - before.stepSeconds,
      evaluationSeconds: now.evaluationSeconds - before.evaluationSeconds,
    }
  }
}

async function timed<T>(work: () => Promise<T>, add: (milliseconds: number) => void): Promise<T> {
  const begun = performance.now()
  const result = await work()
  add(performance.now() - begun)
  return result
}
