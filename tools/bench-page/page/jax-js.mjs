// jax-js on its wasm backend, one jitted step; its threads are web workers, as many as processors.
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { inputsOf, LEARNING_RATE } from './task.mjs'

const STEPS = 4

export async function jaxJs(task) {
  await init('wasm')
  defaultDevice('wasm')
  const { network, batchSize, pixels, latent } = task
  const step = jit(stepOf(network.config, batchSize))
  const arrays = (values) =>
    network.parameters.map(({ name, shape }) => np.array(values(name, shape)).reshape([...shape]))
  const zeros = () => network.parameters.map(({ shape }) => np.zeros([...shape]))
  let state = {
    parameters: arrays((name) => task.state.parameters[name].slice()),
    first: zeros(),
    second: zeros(),
  }
  let done = 0
  const one = async () => {
    const { floats, noise } = inputsOf(task, done, 1)
    const { stepSize, epsilon } = adamNumbers(++done)
    let value
    ;[state, value] = step({
      state,
      x: np.array(floats).reshape([batchSize, pixels]),
      noise: np.array(noise).reshape([batchSize, latent]),
      stepSize: np.array(stepSize),
      epsilon: np.array(epsilon),
    })
    // Nothing is computed before someone waits for it.
    await value.blockUntilReady()
    return (await value.data())[0]
  }
  return {
    title: 'jax-js wasm',
    threads: globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1,
    async run() {
      const losses = []
      for (let i = 0; i < STEPS; i++) losses.push(await one())
      return losses
    },
  }
}

/** Adam's bias corrections of step t, folded into two numbers. */
function adamNumbers(t) {
  const correction = Math.sqrt(1 - 0.999 ** t)
  return {
    stepSize: (LEARNING_RATE * correction) / (1 - 0.9 ** t),
    epsilon: 1e-8 * correction,
  }
}

/** The mean loss of a batch. Parameters are used once each; `.ref` keeps an array for another use. */
function lossOf({ hidden: widths }, batchSize) {
  return (parameters, x, noise) => {
    const take = parameters[Symbol.iterator]()
    const dense = (input) => np.matmul(input, take.next().value).add(take.next().value)
    let hidden = x.ref
    widths.forEach(() => (hidden = nn.relu(dense(hidden))))
    const mean = dense(hidden.ref)
    const logVariance = dense(hidden)
    let back = mean.ref.add(np.exp(logVariance.ref.mul(0.5)).mul(noise))
    widths.forEach(() => (back = nn.relu(dense(back))))
    const logits = dense(back)
    const reconstruction = np.sum(nn.softplus(logits.ref).sub(x.mul(logits)))
    const divergence = np.square(mean).add(np.exp(logVariance.ref)).sub(1).sub(logVariance)
    return reconstruction.add(np.sum(divergence).mul(0.5)).div(batchSize)
  }
}

/** One step of Adam. State and inputs are used up. */
function stepOf(config, batchSize) {
  const loss = lossOf(config, batchSize)
  return ({ state, x, noise, stepSize, epsilon }) => {
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
  }
}
