// TensorFlow.js as it is: the same step, computed by its own backends (cpu, wasm, tensorflow).
import * as tf from '@tensorflow/tfjs-core'
import { tfjsEngine } from '@anyvae/trainer'
import { tfjsNode } from '../tfjs-node.mjs'
import { trainFor } from './engine.mjs'
import { task } from './lines.mjs'
import { Meter } from './meter.mjs'

/** What registers each backend. */
const PACKAGES = {
  cpu: '@tensorflow/tfjs-backend-cpu',
  wasm: '@tensorflow/tfjs-backend-wasm',
  tensorflow: '@tensorflow/tfjs-node',
}

/** Registers a backend. All copies of TensorFlow.js in a process share one engine. */
async function register(variant) {
  if (variant === 'tensorflow') return tfjsNode().version
  await import(PACKAGES[variant])
  return tf.version_core
}

const own = task()
const version = await register(own.variant)
await tf.setBackend(own.variant)
// In Node neither cpu nor wasm knows threads; tfjs-node takes those that its process may use.
const threads = own.variant === 'tensorflow' ? own.threads : 1
const versions = { [PACKAGES[own.variant]]: version }
const meter = new Meter({ versions, threads }, own.warmUp)
await trainFor(own, { engineFactory: tfjsEngine, meter })
