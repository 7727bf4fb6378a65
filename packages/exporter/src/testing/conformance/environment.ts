// The environment that the specs run in: the lazy backend, registered under a name of its own.
import * as tf from '@tensorflow/tfjs-core'
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js'
import { registerLowerings } from '../../register.js'
import { Evaluator } from './evaluator.js'
import { LazyBackend } from './lazy-backend.js'

const NAME = 'cpu'

/** What computes the specs' graphs, and counts them. */
export const evaluator = new Evaluator(new URL('worker.js', import.meta.url))
const options = {
  opset: Number(process.env['CONFORMANCE_OPSET'] ?? 17),
  optimize: process.env['CONFORMANCE_OPTIMIZE'] === '1',
}
registerLowerings(NAME)
tf.registerBackend(NAME, () => new LazyBackend(evaluator, options))
setTestEnvs([{ name: 'onnx', backendName: NAME, flags: {}, isDataSync: true }])
