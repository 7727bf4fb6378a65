// Measures training in this process: it trains on and on, and stops between the measurements.
import { peakBytes } from '../../memory.mjs'
import { commands, say } from './lines.mjs'

/** Losses of so many first steps are kept, as proof of the work. */
const KEPT = 200

/** Told after each chunk of steps; resolves when there is more to be done. */
export class Meter {
  #next = commands()
  #losses = []
  #first = true
  #measuring = false
  #left
  #images = 0
  #seconds = 0
  #since = performance.now()
  #about

  /**
   * @param about what is told of this peer, such as `{ versions }`
   * @param warmUp seconds of training before the first measurement
   */
  constructor(about, warmUp) {
    this.#about = about
    this.#left = warmUp
  }

  /** Leaves out of the measurement what has passed since the last chunk. */
  skip() {
    this.#since = performance.now()
  }

  /** Some steps are done. @param losses gives each step's, nats per image, while they are kept */
  async add(images, losses) {
    const seconds = (performance.now() - this.#since) / 1000
    if (this.#losses.length < KEPT) this.#losses.push(...(await losses()))
    if (this.#first) {
      say({ first: true })
      this.#first = false
    } else {
      this.#images += images
      this.#seconds += seconds
    }
    if (this.#seconds >= this.#left) await this.#pause()
    this.#since = performance.now()
  }

  async #pause() {
    if (this.#measuring) say({ images: this.#images, seconds: this.#seconds })
    else say({ ready: true, ...this.#about })
    const [word, seconds] = await this.#next()
    if (word !== 'run') {
      say({ peakBytes: peakBytes(), losses: this.#losses.slice(0, KEPT) })
      process.exit(0)
    }
    this.#measuring = true
    this.#left = seconds
    this.#images = 0
    this.#seconds = 0
  }
}
