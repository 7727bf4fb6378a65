// jax-js on its wasm backend, jitted: the fully connected networks.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { init, jit, nn, numpy as np, tree, valueAndGrad, defaultDevice } from '@jax-js/jax'
import { imageSet, trainingBatches, unitPixels } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import { task } from './lines.mjs'
import { Meter } from './meter.mjs'

const own = task()
const { batchSize, network, seed } = own
const { channels, height, width } = network.image
const pixels = channels * height * width

await init('wasm')
defaultDevice('wasm')

/** The initial parameters as arrays: kernels and biases in turn. */
function initial() {
  const bytes = readFileSync(own.parameters.file)
  const values = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  )
  let offset = 0
  return own.parameters.shapes.map((shape) => {
    const size = shape.reduce((product, dim) => product * dim, 1)
    return np.array(values.slice(offset, (offset += size))).reshape(shape)
  })
}

// An array is freed with its last use: `.ref` keeps it for another.
const activation = network.activation === 'softplus' ? nn.softplus : nn.relu

/** The mean loss of a batch. Parameters are used once each. */
function loss(parameters, x, noise) {
  const take = parameters[Symbol.iterator]()
  const dense = (input) => np.matmul(input, take.next().value).add(take.next().value)
  let hidden = x.ref
  network.hidden.forEach(() => (hidden = activation(dense(hidden))))
  const mean = dense(hidden.ref)
  const logVariance = dense(hidden)
  let back = mean.ref.add(np.exp(logVariance.ref.mul(0.5)).mul(noise))
  network.hidden.forEach(() => (back = activation(dense(back))))
  const logits = dense(back)
  const reconstruction = np.sum(nn.softplus(logits.ref).sub(x.mul(logits)))
  const kl = np.sum(np.square(mean).add(np.exp(logVariance.ref)).sub(1).sub(logVariance)).mul(0.5)
  return reconstruction.add(kl).div(batchSize)
}

/** One step of Adam. State and inputs are used up. */
const step = jit(({ state, x, noise, stepSize, epsilon }) => {
  const parameters = tree.ref(state.parameters)
  const [value, gradients] = valueAndGrad(loss)(parameters, x, noise)
  const first = state.first.map((m, i) => m.mul(0.9).add(gradients[i].ref.mul(0.1)))
  const second = state.second.map((v, i) => v.mul(0.999).add(np.square(gradients[i]).mul(0.001)))
  const next = state.parameters.map((p, i) => {
    const root = np.sqrt(second[i].ref).add(epsilon.ref)
    return p.sub(first[i].ref.div(root).mul(stepSize.ref))
  })
  epsilon.dispose()
  stepSize.dispose()
  return [{ parameters: next, first, second }, value]
})

/** Adam's bias corrections of step t, folded into two numbers. */
function corrected(t) {
  const correction = Math.sqrt(1 - 0.999 ** t)
  return { stepSize: (1e-3 * correction) / (1 - 0.9 ** t), epsilon: 1e-8 * correction }
}

const shape = network.image
const set = imageSet({ name: 'images', shape, data: new Uint8Array(readFileSync(own.data)) })
const stream = randomStream(seed, 'noise')
const zeros = () => own.parameters.shapes.map((dims) => np.zeros(dims))
// Its exports do not name its package.json, which stands above what they do name.
const entry = createRequire(import.meta.url).resolve('@jax-js/jax')
const { version } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'))
// Its threads are web workers, which Node does not have.
const meter = new Meter({ versions: { '@jax-js/jax': version }, threads: 1 }, own.warmUp)

let state = { parameters: initial(), first: zeros(), second: zeros() }
let value
let done = 0
for (let epoch = 0; ; epoch++) {
  for (const { images } of trainingBatches(set, { batchSize, seed, epoch })) {
    const noise = stream.normals(batchSize * network.latent, done * batchSize * network.latent)
    const { stepSize, epsilon } = corrected(++done)
    ;[state, value] = step({
      state,
      // Scaled before: bytes are not among its types, nor does an array take them.
      x: np.array(unitPixels(images)).reshape([batchSize, pixels]),
      noise: np.array(noise).reshape([batchSize, network.latent]),
      stepSize: np.array(stepSize),
      epsilon: np.array(epsilon),
    })
    // Nothing is computed before someone waits for it.
    await value.blockUntilReady()
    await meter.add(batchSize, () => value.ref.data())
    value.dispose()
  }
}
