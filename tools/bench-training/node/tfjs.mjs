// TensorFlow.js as it is: the same step, computed by its own backends (cpu, wasm, tensorflow).
import * as tf from '@tensorflow/tfjs-core'
import { tfjsEngine } from '@anyvae/trainer'
import { trainFor } from './engine.mjs'
import { task } from './lines.mjs'
import { Meter } from './meter.mjs'

/** What registers each backend. */
const PACKAGES = {
  cpu: '@tensorflow/tfjs-backend-cpu',
  wasm: '@tensorflow/tfjs-backend-wasm',
  tensorflow: '@tensorflow/tfjs-node',
}

const own = task()
await import(PACKAGES[own.variant])
await tf.setBackend(own.variant)
// In Node neither cpu nor wasm knows threads; tfjs-node takes those that its process may use.
const threads = own.variant === 'tensorflow' ? own.threads : 1
const versions = { [PACKAGES[own.variant]]: tf.version_core }
const meter = new Meter({ versions, threads }, own.warmUp)
await trainFor(own, { engineFactory: tfjsEngine, meter })
