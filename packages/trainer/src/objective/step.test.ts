import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { randomStream } from '@anyvae/random'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  adam,
  adamScalars,
  createNetwork,
  elboTerms,
  initialParameters,
  trainStep,
  zeroMoments,
  type NetworkOptions,
  type ParameterValues,
} from '../index.js'

beforeAll(() => tf.setBackend('cpu'))

const image = { channels: 1, height: 5, width: 4 }
const cases: NetworkOptions[] = [
  { architecture: 'mlp', image, latent: 2, hidden: [7] },
  { architecture: 'mlp', image, latent: 2, hidden: [6, 5], likelihood: 'gaussian' },
  { architecture: 'conv', image, latent: 2, filters: [2, 3], kernelSize: 3 },
]

function setUp(options: NetworkOptions) {
  const network = createNetwork(options)
  const tensors = (values: ParameterValues) =>
    Object.fromEntries(
      network.parameters.map(({ name, shape }) => [
        name,
        tf.tensor(Float32Array.from(values[name] ?? []), [...shape]),
      ]),
    )
  const state = {
    parameters: tensors(initialParameters(network, 6)),
    firstMoments: tensors(zeroMoments(network)),
    secondMoments: tensors(zeroMoments(network)),
  }
  const images = Float32Array.from(randomStream(2, 'test/x').uniforms(3 * 20))
  const inputs = {
    images: tf.tensor4d(images, [3, 1, 5, 4]),
    noise: tf.tensor2d(randomStream(2, 'test/noise').normals(3 * 2), [3, 2]),
    beta: tf.scalar(0.5),
  }
  return { network, state, inputs }
}

describe('trainStep', () => {
  it.each(cases)('steps against the numerical gradient of $architecture', (options) => {
    const { network, state, inputs } = setUp(options)
    const loss = (parameters: typeof state.parameters) => {
      const { reconstruction, kl } = elboTerms(network, parameters, inputs)
      return tf.mean(tf.add(reconstruction, tf.mul(kl, inputs.beta))).arraySync() as number
    }
    const scalars = { stepSize: tf.scalar(0), epsilon: tf.scalar(1) }
    const next = trainStep(network, state, { ...inputs, ...scalars })
    expect(next.loss.arraySync()).toBeCloseTo(loss(state.parameters), 4)
    expect(next.loss.arraySync()).toBeCloseTo(
      next.reconstruction.arraySync() + 0.5 * next.kl.arraySync(),
      4,
    )
    for (const { name } of network.parameters) {
      const parameter = state.parameters[name]
      const moment = next.firstMoments[name]
      if (parameter === undefined || moment === undefined) throw new Error(name)
      // The first moment starts at zero, so that after one step it is the gradient.
      const gradient = moment.dataSync()
      const values = parameter.dataSync()
      const index = values.length - 1
      // Small, since no slope is found across a kink of (leaky) ReLU; the seed keeps clear of them.
      const width = 2e-3
      const moved = (by: number) => {
        const copy = Float32Array.from(values)
        copy[index] = (copy[index] ?? 0) + by
        return loss({ ...state.parameters, [name]: tf.tensor(copy, parameter.shape) })
      }
      const slope = (moved(width) - moved(-width)) / (2 * width)
      expect(Math.abs((gradient[index] ?? 0) - slope), name).toBeLessThan(
        0.02 + 0.02 * Math.abs(slope),
      )
    }
  })

  it('keeps nothing behind', () => {
    const { network, state, inputs } = setUp({ image, latent: 2 })
    const scalars = { stepSize: tf.scalar(0.1), epsilon: tf.scalar(1e-8) }
    const before = tf.memory().numTensors
    tf.tidy(() => {
      trainStep(network, state, { ...inputs, ...scalars })
    })
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('adam', () => {
  it('has the defaults of the paper: 0.9, 0.999 and 1e-8, bias corrected', () => {
    expect(adamScalars(1, 0.003).epsilon).toBe(1e-8)
    for (const t of [1, 2, 1000]) {
      // What is kept is a sum of gradients: the mean is (1 - b) times it, over 1 - b^t once corrected.
      const [first, second] = [0.9, 0.999].map((b) => (1 - b) / (1 - b ** t)) as [number, number]
      const { stepSize, epsilon } = adamScalars(t, 0.003)
      for (const [m, v] of [
        [2, 3],
        [-1e-7, 1e-15],
      ] as const) {
        const step = (0.003 * first * m) / (Math.sqrt(second * v) + 1e-8)
        expect((stepSize * m) / (Math.sqrt(v) + epsilon) / step).toBeCloseTo(1, 12)
      }
    }
  })

  it('goes where tf.train.adam goes, 50 steps', () => {
    const start = [0.5, -1.2, 3]
    const slopes = [1, -0.3, 0.02]
    const variable = tf.variable(tf.tensor1d(start))
    const cost = (x: tf.Tensor): tf.Scalar =>
      tf.sum(tf.add(tf.square(tf.sub(x, 1)), tf.mul(tf.sin(tf.mul(x, 5)), slopes)))
    const reference = tf.train.adam(0.01, 0.9, 0.999, 1e-8)
    let state = {
      parameters: { x: tf.tensor1d(start) as tf.Tensor },
      firstMoments: { x: tf.zeros([3]) },
      secondMoments: { x: tf.zeros([3]) },
    }
    for (let t = 1; t <= 50; t++) {
      reference.minimize(() => cost(variable))
      const scalars = adamScalars(t, 0.01, 1e-8)
      state = adam(
        state,
        { x: tf.grad(cost)(state.parameters.x) },
        { stepSize: tf.scalar(scalars.stepSize), epsilon: tf.scalar(scalars.epsilon) },
      ) as typeof state
      const ours = state.parameters.x.dataSync()
      const theirs = variable.dataSync()
      for (let i = 0; i < 3; i++) expect(ours[i]).toBeCloseTo(theirs[i] ?? Number.NaN, 5)
    }
    expect(Math.abs((state.parameters.x.dataSync()[0] ?? 0) - 0.5)).toBeGreaterThan(0.05)
  })
})
