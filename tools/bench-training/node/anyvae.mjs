// The peer that this benchmark is about: the training step in ONNX Runtime.
import { nodeBackend } from '@anyvae/runtime-node'
import { onnxEngine } from '@anyvae/trainer'
import { trainFor } from './engine.mjs'
import { task } from './lines.mjs'
import { Meter } from './meter.mjs'

const own = task()
const versions = { 'onnxruntime-node': nodeBackend.version }
const meter = new Meter({ versions, threads: own.threads }, own.warmUp)
await trainFor(own, { engineFactory: onnxEngine(nodeBackend), meter })
