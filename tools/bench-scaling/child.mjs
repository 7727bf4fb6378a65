// One training of bench:scaling: child.mjs <file.npy> <memory|stream> [steps]; prints one JSON object.
import { imageSize } from '@anyvae/images'
import { imagesDigest, loadImages, streamImages } from '@anyvae/images/node'
import { nodeBackend } from '@anyvae/runtime-node'
import { createNetwork, initialState, onnxEngine, parseTrainConfig, train } from '@anyvae/trainer'
import { peakBytes } from '../memory.mjs'

const BATCH = 128
/** Fewer steps tell little. */
const LEAST_STEPS = 200

const [, , path, mode, text] = process.argv
const most = text ? Number(text) : Infinity

/** Sums the time of all steps but the first ones, batches and noise with them, evaluation without. */
function createClock() {
  const clock = { started: 0, seconds: 0, images: 0, steps: 0, loss: 0, threads: 0, batch: 0 }
  let at = { epoch: 0, stepOfEpoch: 0 }
  const onEvent = (event) => {
    if (event.type === 'start') {
      const { threads, batchSize } = event
      Object.assign(clock, { started: performance.now(), threads, batch: batchSize })
    }
    if (event.type !== 'chunk') return
    const { epoch, stepOfEpoch, imagesPerSecond, losses } = event
    const steps = stepOfEpoch - (epoch === at.epoch ? at.stepOfEpoch : 0)
    at = { epoch, stepOfEpoch }
    if (clock.steps > 0) {
      clock.images += steps * clock.batch
      clock.seconds += (steps * clock.batch) / imagesPerSecond
    }
    clock.steps += steps
    clock.loss = losses.loss
    if (clock.steps >= most) stop.abort(new Error('enough steps'))
  }
  return { clock, onEvent }
}

const stop = new AbortController()
const baseline = process.memoryUsage.rss()
const begun = performance.now()
const images = await (mode === 'stream' ? streamImages(path) : loadImages(path))
const { train: set, test } = images
// What a run folder's record takes, since that is a look at all images. The folder itself is left out:
// what is written after each epoch, whatever its length, would count among the steps of short ones.
for (const part of [set, test]) await imagesDigest(part)
const dataBytes = mode === 'stream' ? 0 : (set.count + test.count) * imageSize(set.shape)
const batchSize = Math.min(BATCH, set.count)
const stepsPerEpoch = Math.floor(set.count / batchSize)
const config = parseTrainConfig({
  network: { architecture: 'mlp', image: set.shape },
  epochs: Math.ceil((most === Infinity ? LEAST_STEPS : most) / stepsPerEpoch),
  batchSize: BATCH,
  seed: 1,
})
const network = createNetwork(config.network)
const state = initialState(network, config.seed)
const engine = await onnxEngine(nodeBackend)(network, state, {
  batchSize,
  epochSteps: stepsPerEpoch,
})
const { clock, onEvent } = createClock()
await train({ network, engine, images: { train: set, test }, config, signal: stop.signal, onEvent })
await engine.release()
await images.close?.()
const { default: onnxruntime } = await import('onnxruntime-node/package.json', {
  with: { type: 'json' },
})
const highest = peakBytes()
console.log(
  JSON.stringify({
    microseconds: (1e6 * clock.seconds) / clock.images,
    setUpSeconds: (clock.started - begun) / 1000,
    peakBytes: highest,
    beyondBytes: highest - baseline - dataBytes,
    steps: clock.steps,
    loss: clock.loss,
    threads: clock.threads,
    onnxruntime: onnxruntime.version,
  }),
)
