// The reference engine: the training step run by TensorFlow.js itself, on its current backend.
import * as tf from '@tensorflow/tfjs-core'
import { unitPixels } from '@anyvae/images'
import type { ParameterValues } from '../network/initial.js'
import type { Network, Tensors } from '../network/types.js'
import { elboTerms } from '../objective/elbo.js'
import { trainStep } from '../objective/step.js'
import type { AdamState } from '../objective/adam.js'
import type { Chunk, ChunkMetrics, EngineOptions, EvaluationBatch } from './engine.js'
import type { EvaluationTerms, TrainingEngine, TrainingState } from './engine.js'

/**
 * Trains with TensorFlow.js on the backend that is current when it is called (`tf.setBackend` and
 * `tf.ready` before). The loop sees each step, so that a stop gets through soon: `chunkSteps` is 1
 * unless asked otherwise.
 */
export async function tfjsEngine(
  network: Network,
  initial: TrainingState,
  options: EngineOptions,
): Promise<TrainingEngine> {
  await tf.ready()
  let state = upload(network, initial)
  let step = initial.step
  return {
    name: 'tfjs',
    image: network.config.image,
    provider: tf.getBackend(),
    threads: options.threads ?? 1,
    chunkSteps: options.chunkSteps ?? 1,
    readsInPlace: true,
    async run(chunk) {
      const metrics: tf.Tensor1D[] = []
      for (let i = 0; i < chunk.steps; i++) {
        const next = stepOf(network, state, { chunk, index: i, batchSize: options.batchSize })
        disposeState(state)
        state = next.state
        metrics.push(next.metrics)
      }
      step += chunk.steps
      return readMetrics(metrics)
    },
    evaluate: (batch) => evaluateBatch(network, state.parameters, batch),
    reconstruct: (images, count) =>
      read(() => {
        const { mean } = network.encode(state.parameters, imageTensor(network, images, count))
        return network.decode(state.parameters, mean).image
      }),
    decode: (latents, count) =>
      read(() => {
        const latent = tf.tensor2d(latents, [count, network.config.latent])
        return network.decode(state.parameters, latent).image
      }),
    state: () => download(state, step),
    release: () => Promise.resolve(disposeState(state)),
  }
}

function stepOf(
  network: Network,
  state: AdamState,
  { chunk, index, batchSize }: { chunk: Chunk; index: number; batchSize: number },
): { state: AdamState; metrics: tf.Tensor1D } {
  const { channels, height, width } = network.config.image
  const size = channels * height * width
  const normals = batchSize * network.config.latent
  const places = chunk.places.subarray(index * batchSize, (index + 1) * batchSize)
  const images = new Uint8Array(batchSize * size)
  places.forEach((place, i) => {
    images.set(chunk.images.subarray(place * size, (place + 1) * size), i * size)
  })
  const noise = chunk.noise.subarray(index * normals, (index + 1) * normals)
  const result = tf.tidy(() => {
    const { parameters, firstMoments, secondMoments, ...losses } = trainStep(network, state, {
      images: imageTensor(network, images, batchSize),
      noise: tf.tensor2d(noise, [batchSize, network.config.latent]),
      stepSize: tf.scalar(chunk.stepSize[index] ?? 0),
      epsilon: tf.scalar(chunk.epsilon[index] ?? 0),
      beta: tf.scalar(chunk.beta[index] ?? 0),
    })
    const metrics = tf.stack([losses.reconstruction, losses.kl, losses.loss])
    return { parameters, firstMoments, secondMoments, metrics }
  })
  const { metrics, ...next } = result
  return { state: next, metrics: metrics as tf.Tensor1D }
}

async function readMetrics(tensors: readonly tf.Tensor1D[]): Promise<ChunkMetrics> {
  const values = await read(() => tf.stack([...tensors]))
  tf.dispose([...tensors])
  const column = (index: number) =>
    Float32Array.from(tensors, (_, step) => values[3 * step + index] ?? Number.NaN)
  return { reconstruction: column(0), kl: column(1), loss: column(2) }
}

async function evaluateBatch(
  network: Network,
  parameters: Tensors,
  { images, noise, count }: EvaluationBatch,
): Promise<EvaluationTerms> {
  const terms = tf.tidy(() => {
    const { reconstruction, kl, mean } = elboTerms(network, parameters, {
      images: imageTensor(network, images, count),
      noise: tf.tensor2d(noise, [count, network.config.latent]),
    })
    return { reconstruction, kl, mean }
  })
  const [reconstruction, kl, mean] = await Promise.all([
    terms.reconstruction.data<'float32'>(),
    terms.kl.data<'float32'>(),
    terms.mean.data<'float32'>(),
  ])
  tf.dispose(terms)
  return { reconstruction, kl, mean }
}

/** Bytes as [count, channels, height, width] in 0 to 1. */
function imageTensor(network: Network, images: Uint8Array, count: number): tf.Tensor4D {
  const { channels, height, width } = network.config.image
  return tf.tensor4d(unitPixels(images), [count, channels, height, width])
}

function upload(network: Network, initial: TrainingState): AdamState {
  const tensors = (values: ParameterValues): Tensors =>
    Object.fromEntries(
      network.parameters.map(({ name, shape }) => {
        const copy = Float32Array.from(values[name] ?? [])
        return [name, tf.tensor(copy, [...shape], 'float32')]
      }),
    )
  return {
    parameters: tensors(initial.parameters),
    firstMoments: tensors(initial.firstMoments),
    secondMoments: tensors(initial.secondMoments),
  }
}

async function download(state: AdamState, step: number): Promise<TrainingState> {
  const values = async (tensors: Tensors): Promise<ParameterValues> => {
    const read = Object.entries(tensors).map(async ([name, tensor]) => {
      const data = await tensor.data<'float32'>()
      return [name, Float32Array.from(data)] as const
    })
    return Object.fromEntries(await Promise.all(read))
  }
  return {
    step,
    parameters: await values(state.parameters),
    firstMoments: await values(state.firstMoments),
    secondMoments: await values(state.secondMoments),
  }
}

function disposeState(state: AdamState): void {
  tf.dispose([state.parameters, state.firstMoments, state.secondMoments])
}

async function read(compute: () => tf.Tensor): Promise<Float32Array> {
  const result = tf.tidy(compute)
  const values = await result.data<'float32'>()
  result.dispose()
  return values
}
