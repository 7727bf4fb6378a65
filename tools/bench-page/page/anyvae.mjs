// The peer that this benchmark is about: the traced training step in onnxruntime-web, on WASM.
import { webBackend } from '@anyvae/runtime-web'
import { onnxEngine } from '@anyvae/trainer'
import { enginePeer } from './engine.mjs'

/** Steps a run, as the page of the playground takes them. */
const CHUNK_STEPS = 20

export function anyvae(task, { threads, ort }) {
  return enginePeer(task, {
    factory: onnxEngine(webBackend, { provider: 'wasm', wasmPaths: ort }),
    threads,
    chunkSteps: CHUNK_STEPS,
    about: (engine) => ({ title: 'anyvae', threads: engine.threads }),
  })
}
