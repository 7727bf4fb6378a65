// The grid of samples: the same latents decoded again and again while the training goes on.
import type { ImageShape } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import type { WorkerTraining } from '@anyvae/trainer/worker'
import { element } from '../dom.js'
import { showImages } from '../show.js'

const COUNT = 64
const MILLISECONDS = 1000

/** Samples of one training. */
export class Samples {
  readonly #training: WorkerTraining
  readonly #image: ImageShape
  readonly #latent: number
  #seed = 0
  #next = 0
  #asked = false

  constructor(training: WorkerTraining, image: ImageShape, latent: number) {
    this.#training = training
    this.#image = image
    this.#latent = latent
  }

  /** Draws them anew, unless that was done within the last second or is under way. */
  async refresh({ now = false } = {}): Promise<void> {
    if (this.#asked || (!now && performance.now() < this.#next)) return
    this.#asked = true
    try {
      const latents = randomStream(this.#seed, 'latent').normals(COUNT * this.#latent)
      const images = await this.#training.decode(latents, COUNT)
      const canvas = element('samples', HTMLCanvasElement)
      showImages(canvas, images, { shape: this.#image, columns: 8 })
      canvas.setAttribute('aria-label', `${COUNT} images decoded from random latents`)
    } finally {
      this.#asked = false
      this.#next = performance.now() + MILLISECONDS
    }
  }

  /** Other latents from now on. */
  async shuffle(): Promise<void> {
    this.#seed++
    await this.refresh({ now: true })
  }
}
