// Trains with one of anyvae's own engines, in its own training loop.
import { readFileSync } from 'node:fs'
import { imageSet, selectImages, stepsPerEpoch } from '@anyvae/images'
import { createNetwork, parseTrainConfig, train, zeroMoments } from '@anyvae/trainer'

/** The state that every peer starts from. */
function initialState(network, { parameters }) {
  const bytes = readFileSync(parameters.file)
  const values = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  )
  let offset = 0
  const entries = network.parameters.map(({ name, shape }) => {
    const size = shape.reduce((product, dim) => product * dim, 1)
    return [name, values.subarray(offset, (offset += size))]
  })
  const moments = { firstMoments: zeroMoments(network), secondMoments: zeroMoments(network) }
  return { step: 0, parameters: Object.fromEntries(entries), ...moments }
}

/**
 * Trains until the meter ends the process. What the loop does between two epochs (evaluation, pictures)
 * is left out; all that belongs to the steps, the shuffle of a new epoch among it, counts.
 */
export async function trainFor(task, { engineFactory, meter }) {
  const { batchSize, seed, data, threads } = task
  const network = createNetwork(task.network)
  const shape = task.network.image
  const images = imageSet({ name: 'images', shape, data: new Uint8Array(readFileSync(data)) })
  const epochSteps = stepsPerEpoch(images.count, batchSize)
  const options = { batchSize, epochSteps, threads }
  const engine = await engineFactory(network, initialState(network, task), options)
  const config = parseTrainConfig({
    network: task.network,
    batchSize,
    seed,
    epochs: 1_000_000,
    learningRate: 1e-3,
    schedule: { name: 'constant', warmup: { steps: 0 } },
  })
  const lastLosses = recorded(engine)
  let done = 0
  await train({
    network,
    engine,
    config,
    images: { train: images, test: selectImages(images, [0]) },
    onEvent: async (event) => {
      if (event.type !== 'chunk') {
        done = 0
        return meter.skip()
      }
      const steps = event.stepOfEpoch - done
      done = event.stepOfEpoch
      await meter.add(steps * batchSize, lastLosses)
    },
  })
}

/** The losses of an engine's last steps, each: the loop tells of their mean alone. */
function recorded(engine) {
  let losses = []
  const run = engine.run.bind(engine)
  engine.run = async (chunk) => {
    const metrics = await run(chunk)
    losses = [...metrics.loss]
    return metrics
  }
  return () => losses
}
