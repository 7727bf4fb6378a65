import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { glyphs, type ImageShape } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import { nodeBackend } from '@anyvae/runtime-node'
import {
  createNetwork,
  initialParameters,
  initialState,
  type NetworkOptions,
  zeroMoments,
} from '../index.js'
import { decodeModel, type Graph } from '@anyvae/onnx'
import type { Provider } from '@anyvae/runtime'
import { adamScalars } from '../objective/adam.js'
import type { Chunk, EngineFactory } from './engine.js'
import { onnxEngine } from './onnx.js'
import { trainingModel } from './onnx-graphs.js'
import { tfjsEngine } from './tfjs.js'

const SMALL_IMAGE = { channels: 3, height: 12, width: 12 }
const STEPS = 50
const BATCH = 8

const networks: Record<string, NetworkOptions> = {
  mlp: { architecture: 'mlp', image: { channels: 1, height: 28, width: 28 } },
  conv: { architecture: 'conv', image: { channels: 1, height: 28, width: 28 }, filters: [4, 8] },
  'conv of odd size and three channels': {
    architecture: 'conv',
    image: { channels: 3, height: 9, width: 11 },
    filters: [3, 4],
    likelihood: 'gaussian',
    latent: 5,
  },
  'mlp with softplus': {
    architecture: 'mlp',
    image: { channels: 1, height: 28, width: 28 },
    hidden: [30, 20],
    activation: 'softplus',
  },
  'resnet of odd size and three channels': {
    architecture: 'resnet',
    image: { channels: 3, height: 5, width: 6 },
    filters: [2, 3, 4],
    latent: 5,
  },
}

/** The first steps of a run: strokes as images, every random number from the one generator. */
function chunkOf(shape: ImageShape, latent: number): Chunk {
  const { channels, height, width } = shape
  const count = STEPS * BATCH
  const { data } = glyphs({ count: count * channels, seed: 1, height, width })
  const scalars = Array.from({ length: STEPS }, (_, i) => adamScalars(i + 1, 1e-3))
  return {
    steps: STEPS,
    images: data,
    // Not in their order, and some of them twice.
    places: Int32Array.from({ length: count }, (_, i) => (i * 7 + (i >> 3)) % count),
    noise: randomStream(1, 'noise').normals(count * latent),
    stepSize: Float32Array.from(scalars, (each) => each.stepSize),
    epsilon: Float32Array.from(scalars, (each) => each.epsilon),
    beta: Float32Array.from({ length: STEPS }, (_, i) => Math.min(1, i / 20)),
  }
}

/** A chunk cut into chunks of at most so many steps. */
function pieces(chunk: Chunk, chunkSteps: number): Chunk[] {
  const { images, places, noise, stepSize, epsilon, beta } = chunk
  return Array.from({ length: Math.ceil(chunk.steps / chunkSteps) }, (_, i) => {
    const [start, end] = [i * chunkSteps, Math.min(chunk.steps, (i + 1) * chunkSteps)]
    const cut = <T extends Int32Array | Float32Array>(values: T) => {
      const size = values.length / chunk.steps
      return values.subarray(start * size, end * size) as T
    }
    return {
      steps: end - start,
      images,
      places: cut(places),
      noise: cut(noise),
      stepSize: cut(stepSize),
      epsilon: cut(epsilon),
      beta: cut(beta),
    }
  })
}

async function run(factory: EngineFactory, options: NetworkOptions) {
  const network = createNetwork(options)
  const chunk = chunkOf(network.config.image, network.config.latent)
  const moments = { firstMoments: zeroMoments(network), secondMoments: zeroMoments(network) }
  const initial = { step: 0, parameters: initialParameters(network, 1), ...moments }
  const engine = await factory(network, initial, { batchSize: BATCH })
  const metrics = await engine.run(chunk)
  const images = chunk.images.subarray(0, (5 * chunk.images.length) / (STEPS * BATCH))
  const noise = chunk.noise.subarray(0, 5 * network.config.latent)
  const terms = await engine.evaluate({ images, noise, count: 5 })
  const pictures = await engine.reconstruct(images, 5)
  const state = await engine.state()
  await Promise.all([engine.release(), engine.release()])
  await engine.release()
  return { metrics, terms, pictures, state }
}

function largestRelative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Math.max(
    ...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? 0)) / Math.max(1, Math.abs(value))),
  )
}

describe('onnxEngine', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  it.each(Object.entries(networks))('trains %s as TensorFlow.js does', async (_, options) => {
    const onnx = await run(onnxEngine(nodeBackend), options)
    expect(tf.getBackend()).toBe('cpu')
    const tfjs = await run(tfjsEngine, options)
    for (const name of ['reconstruction', 'kl', 'loss'] as const) {
      expect(largestRelative(tfjs.metrics[name], onnx.metrics[name])).toBeLessThan(1e-4)
    }
    expect(largestRelative(tfjs.terms.reconstruction, onnx.terms.reconstruction)).toBeLessThan(1e-3)
    expect(largestRelative(tfjs.pictures, onnx.pictures)).toBeLessThan(1e-3)
    expect(onnx.metrics.loss[STEPS - 1]).toBeLessThan(onnx.metrics.loss[0] ?? 0)
    expect(onnx.state.step).toBe(STEPS)
  })

  it('takes fewer steps at once where they are large', async () => {
    const image = { channels: 3, height: 128, width: 128 }
    const large = createNetwork({ image, hidden: [2], latent: 2 })
    const engine = await onnxEngine(nodeBackend)(large, initialState(large, 1), { batchSize: 64 })
    await engine.release()
    expect(engine.chunkSteps).toBe(5)
  })

  // Of 1 and 7 steps, each is a body of its own; of 23 and 50, ten share one and overwrite the state, and
  // of epochs of 7 and 18 seven and nine.
  it.each<[string, NetworkOptions]>([
    ['mlp', { image: { channels: 1, height: 28, width: 28 }, hidden: [64] }],
    ['conv', { architecture: 'conv', image: SMALL_IMAGE, filters: [4, 8] }],
    ['resnet', { architecture: 'resnet', image: SMALL_IMAGE, filters: [4, 8] }],
  ])('computes the same however many steps a chunk has: %s', async (_, options) => {
    const network = createNetwork(options)
    const { image, latent } = network.config
    const trained = async (asked: { chunkSteps: number } | { epochSteps: number }) => {
      const engineOptions = { batchSize: BATCH, ...asked }
      const engine = await onnxEngine(nodeBackend)(network, initialState(network, 1), engineOptions)
      const losses: number[] = []
      for (const chunk of pieces(chunkOf(image, latent), engine.chunkSteps)) {
        losses.push(...(await engine.run(chunk)).loss)
      }
      const state = await engine.state()
      await engine.release()
      return { losses, state }
    }
    const whole = await trained({ chunkSteps: STEPS })
    for (const chunkSteps of [1, 7, 23]) expect(await trained({ chunkSteps })).toEqual(whole)
    for (const epochSteps of [7, 18]) expect(await trained({ epochSteps })).toEqual(whole)
  })
})

describe('trainingModel', () => {
  const operators = (architecture: 'mlp' | 'conv' | 'resnet', provider: Provider) => {
    const network = createNetwork({ architecture, image: SMALL_IMAGE })
    const model = decodeModel(trainingModel(network, { batchSize: 4, bodySteps: 10, provider }))
    const all = ({ nodes }: Graph): string[] =>
      nodes.flatMap(({ opType, domain, attributes }) => [
        domain ? `${domain}.${opType}` : opType,
        ...Object.values(attributes).flatMap((each) =>
          each.type === 'graph' ? all(each.value) : [],
        ),
      ])
    return new Set(all(model.graph))
  }

  it.each(['cpu', 'wasm'] as const)('uses what the CPU kernels have, for %s', (provider) => {
    for (const architecture of ['mlp', 'conv', 'resnet'] as const) {
      expect(operators(architecture, provider)).toContain('com.microsoft.FusedConv')
    }
    const names = operators('resnet', provider)
    expect(names).not.toContain('Conv')
    expect(names).not.toContain('ConvTranspose')
  })

  it.each(['webgpu', 'cuda'] as const)('keeps to operators of ONNX for %s', (provider) => {
    const names = operators('conv', provider)
    expect([...names].filter((name) => name.includes('.'))).toEqual([])
    expect(names).toContain('ConvTranspose')
  })
})
