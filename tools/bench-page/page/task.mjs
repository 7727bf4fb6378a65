// What every peer of the page trains: the network, its first parameters, batches and noise.
import { glyphs, imageSize, unitPixels } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import { createNetwork, initialState } from '@anyvae/trainer'

const SEED = 1
const BATCH = 128
/** Batches that are there; step n takes the one at n modulo these. */
const BATCHES = 40
export const LEARNING_RATE = 1e-3

/** The MLP of 784, 400 and 20, with all that its steps take. */
export function createTask() {
  const image = { channels: 1, height: 28, width: 28 }
  const network = createNetwork({ architecture: 'mlp', image, hidden: [400], latent: 20 })
  const { data } = glyphs({ count: BATCH * BATCHES, seed: SEED })
  const latent = network.config.latent
  return {
    network,
    state: initialState(network, SEED),
    batchSize: BATCH,
    pixels: imageSize(image),
    latent,
    bytes: data,
    floats: unitPixels(data),
    noise: randomStream(SEED, 'noise').normals(BATCH * BATCHES * latent),
    batches: BATCHES,
  }
}

/** The images and the noise of some steps from one on, as long as they lie side by side. */
export function inputsOf(task, first, most) {
  const from = first % task.batches
  const steps = Math.min(most, task.batches - from)
  const cut = (values, size) => values.subarray(from * size, (from + steps) * size)
  return {
    steps,
    bytes: cut(task.bytes, task.batchSize * task.pixels),
    floats: cut(task.floats, task.batchSize * task.pixels),
    noise: cut(task.noise, task.batchSize * task.latent),
  }
}
