// The exporter's whole models at each opset, and in float16, with what TensorFlow.js computes.
import * as tf from '@tensorflow/tfjs-core'
import { modelData } from '../../packages/exporter/src/testing/models/model-case.js'
import { modelCases } from '../../packages/exporter/src/testing/models/index.js'
import { attempted } from './refusal.mjs'

const TOLERANCE = 1e-4
// Half precision has 11 bits: about three decimal digits, less after some layers.
const FLOAT16_TOLERANCE = 2e-2

async function exported(modelCase, options, tolerance) {
  const data = await modelData({ ...modelCase, options: { ...modelCase.options, ...options } })
  return { model: data.exported.bytes, sets: data.sets, tolerance }
}

/** Each model at each opset, or why there is none. */
export async function* wholeModels(opsets) {
  await tf.setBackend('cpu')
  for (const modelCase of modelCases) {
    for (const opset of opsets) {
      const [name, version] = [['models', modelCase.name], `opset ${opset}`]
      yield {
        path: [...name, version],
        ...(await attempted(() => exported(modelCase, { opset }, TOLERANCE))),
      }
      const half = { opset, precision: 'float16' }
      yield {
        path: [...name, 'float16', version],
        ...(await attempted(() => exported(modelCase, half, FLOAT16_TOLERANCE))),
      }
    }
  }
}
