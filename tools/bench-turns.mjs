// npm run bench:turns: what sessions that take turns lose where their threads do not sleep in between.
import { fileURLToPath } from 'node:url'
import { median } from './median.mjs'
import { setup } from './setup.mjs'
import { optionsOf } from './usage.mjs'

const NAME = 'bench:turns'
const USAGE = `npm run bench:turns

Encodes and decodes images in turn with the shipped models, and prints how much longer that takes where a
session's threads stay awake between its runs, as onnxruntime has them, than where they sleep, as
@anyvae/runtime-node has them.`

const MODELS = ['mnist-mlp', 'mnist-conv']
const IMAGES = 2000
const PIXELS = 784
const ROUNDS = 12
/** One after another, as long work has them. */
const TIMES = 5
const AWAKE = { session: { extra: { session: { force_spinning_stop: '0' } } } }

optionsOf(NAME, { usage: USAGE, options: {} })
setup()
const { loadVae } = await import('@anyvae/runtime-node')
const images = Float32Array.from({ length: IMAGES * PIXELS }, (_, i) => ((i * 31) % 256) / 255)

async function timed(work) {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

for (const name of MODELS) {
  const folder = fileURLToPath(new URL(`../models/${name}`, import.meta.url))
  const vaes = [await loadVae(folder), await loadVae(folder, AWAKE)]
  const times = vaes.map(() => [])
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, vae] of vaes.entries()) {
      // What else is awake is asleep by then.
      await new Promise((resolve) => setTimeout(resolve, 200))
      const time = await timed(async () => {
        for (let i = 0; i < TIMES; i++) await vae.reconstruct(images)
      })
      if (round > 0) times[i].push(time / TIMES)
    }
  }
  for (const vae of vaes) await vae.release()
  const [asleep, awake] = times.map(median)
  const ratios = times[1].map((time, round) => time / times[0][round]).toSorted((a, b) => a - b)
  const range = `${ratios[0].toFixed(2)} to ${ratios.at(-1).toFixed(2)} in single rounds`
  console.log(
    `${name}: ${IMAGES} images encoded and decoded in turn in ${asleep.toFixed(0)} ms, ${awake.toFixed(0)} ms with threads that stay awake: ${(awake / asleep).toFixed(2)} times (${range})`,
  )
}
