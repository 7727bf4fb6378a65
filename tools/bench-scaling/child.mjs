// One training of bench:scaling: child.mjs <file.npy> <memory|stream> [steps]; prints one JSON object.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageSize } from '@anyvae/images'
import { loadImages, streamImages } from '@anyvae/images/node'
import { nodeBackend } from '@anyvae/runtime-node'
import { onnxEngine } from '@anyvae/trainer'
import { trainInFolder } from '@anyvae/trainer/node'

const BATCH = 128
/** Fewer steps tell little. */
const LEAST_STEPS = 200

const [, , path, mode, text] = process.argv
const most = text ? Number(text) : Infinity

/** The highest memory of this process so far, in bytes. */
function peakMemory() {
  try {
    // Unlike the system's own figure for a process, it does not begin with that of its parent.
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))
    return 1024 * Number(kilobytes)
  } catch {
    return 1024 * process.resourceUsage().maxRSS
  }
}

/** Sums the steps' time: what lies between the chunks of an epoch, the first of all left out. */
function createClock() {
  const clock = { started: 0, seconds: 0, timed: 0, steps: 0, loss: 0, threads: 0 }
  let last
  let stepOfEpoch = 0
  let warm = false
  const onEvent = (event) => {
    const now = performance.now()
    if (event.type === 'start') Object.assign(clock, { started: now, threads: event.threads })
    if (event.type === 'chunk') {
      const steps = event.stepOfEpoch - stepOfEpoch
      stepOfEpoch = event.stepOfEpoch
      clock.steps += steps
      clock.loss = event.losses.loss
      if (warm) {
        clock.seconds += (now - last) / 1000
        clock.timed += steps
      }
      warm = true
      if (clock.steps >= most) stop.abort(new Error('enough steps'))
    }
    if (event.type === 'epoch') stepOfEpoch = 0
    last = performance.now()
  }
  return { clock, onEvent }
}

const stop = new AbortController()
const baseline = process.memoryUsage.rss()
const begun = performance.now()
const { train, test, close } = await (mode === 'stream' ? streamImages(path) : loadImages(path))
const dataBytes = mode === 'stream' ? 0 : (train.count + test.count) * imageSize(train.shape)
const stepsPerEpoch = Math.max(1, Math.floor(train.count / BATCH))
const folder = mkdtempSync(join(tmpdir(), 'anyvae-scaling-run-'))
const { clock, onEvent } = createClock()
try {
  await trainInFolder({
    folder,
    config: {
      network: { architecture: 'mlp', image: train.shape },
      epochs: Math.ceil(Math.min(most, LEAST_STEPS) / stepsPerEpoch),
      batchSize: BATCH,
      seed: 1,
    },
    images: { train, test },
    engineFactory: onnxEngine(nodeBackend),
    signal: stop.signal,
    onEvent,
  })
} finally {
  await close?.()
  rmSync(folder, { recursive: true, force: true })
}
const { default: onnxruntime } = await import('onnxruntime-node/package.json', {
  with: { type: 'json' },
})
console.log(
  JSON.stringify({
    microseconds: (1e6 * clock.seconds) / (clock.timed * Math.min(BATCH, train.count)),
    setUpSeconds: (clock.started - begun) / 1000,
    peakBytes: peakMemory(),
    beyondBytes: peakMemory() - baseline - dataBytes,
    steps: clock.steps,
    loss: clock.loss,
    threads: clock.threads,
    onnxruntime: onnxruntime.version,
  }),
)
