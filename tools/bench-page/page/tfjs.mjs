// TensorFlow.js as it is, on its wasm backend with SIMD and threads.
import * as tf from '@tensorflow/tfjs-core'
import { tfjsEngine } from '@anyvae/trainer'
import { enginePeer } from './engine.mjs'

/** @param processors how many it is told that there are: it takes half of them as threads */
export async function tfjsWasm(task, { processors, tfjs }) {
  const { getThreadsCount } = await telling(processors, async () => {
    const backend = await scriptOf(tfjs)
    backend.setWasmPaths(tfjs)
    backend.setThreadsCount(processors)
    await tf.setBackend('wasm')
    return backend
  })
  return enginePeer(task, {
    factory: tfjsEngine,
    chunkSteps: 1,
    about: () => ({ title: 'TensorFlow.js wasm', threads: getThreadsCount() }),
  })
}

/** Has a page's code see so many processors for a while. */
async function telling(processors, work) {
  const get = () => processors
  Object.defineProperty(navigator, 'hardwareConcurrency', { get, configurable: true })
  try {
    return await work()
  } finally {
    // The one of all navigators shows again.
    delete navigator.hardwareConcurrency
  }
}

/**
 * The backend's own file for script tags, whose workers are made of the text of its functions: bundled
 * with renamed variables they do not start.
 */
async function scriptOf(folder) {
  globalThis.tf = { ...tf }
  const { document } = globalThis
  const script = document.createElement('script')
  script.src = `${folder}tf-backend-wasm.es2017.min.js`
  await new Promise((resolve, reject) => {
    script.onload = resolve
    script.onerror = () => reject(new Error(`${script.src}: not loaded`))
    document.head.append(script)
  })
  return globalThis.tf.wasm
}
