// The exporter's op cases as models at each opset, with what TensorFlow.js gives as expected values.
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { traceGraph } from '@anyvae/exporter'
import {
  checkModel,
  createModel,
  DEFAULT_OPSET,
  encodeModel,
  optimizeGraph,
  tensorOf,
} from '@anyvae/onnx'
import { cases } from '../../packages/exporter/src/testing/cases/index.js'
import { attempted } from './refusal.mjs'

const tensorsOf = ({ inputs }) =>
  inputs.map(({ dims, values, dataType }) => tf.tensor([...values], [...dims], dataType))

/** What TensorFlow.js computes on its cpu backend. */
async function expected(opCase) {
  await tf.setBackend('cpu')
  const results = tf.tidy(() => [opCase.fn(...tensorsOf(opCase))].flat())
  return Promise.all(
    results.map(async (result, i) => ({
      name: `y${i}`,
      ...tensorOf(result.dtype, result.shape, await result.data()),
    })),
  )
}

function graphOf(opCase, outputs, opset) {
  const names = opCase.inputs.map((_, i) => `x${i}`)
  return traceGraph(
    (inputs) => {
      const results = [opCase.fn(...names.map((name) => inputs[name]))].flat()
      return Object.fromEntries(results.map((result, i) => [`y${i}`, result]))
    },
    {
      name: opCase.kernel,
      opset,
      inputs: Object.fromEntries(opCase.inputs.map((input, i) => [`x${i}`, input])),
      outputs: outputs.map(({ name }) => name),
    },
  )
}

const inputsOf = ({ inputs }) =>
  inputs.map(({ dims, values, dataType }, i) => ({
    name: `x${i}`,
    ...tensorOf(dataType, dims, values),
  }))

function modelOf(opCase, outputs, { opset, optimize }) {
  const traced = graphOf(opCase, outputs, opset)
  const model = createModel(optimize ? optimizeGraph(traced) : traced, { opset })
  checkModel(model)
  const given = new Map(inputsOf(opCase).map((tensor) => [tensor.name, tensor]))
  const inputs = model.graph.inputs.map(({ name }) => given.get(name))
  return { model: encodeModel(model), sets: [{ inputs, outputs }], tolerance: opCase.tolerance }
}

/** As traced at each opset and, at the usual one, as the passes leave it too. */
function variants(opsets) {
  const traced = opsets.map((opset) => ({ name: `opset ${opset}`, opset, optimize: false }))
  const small = { name: `opset ${DEFAULT_OPSET} optimized`, opset: DEFAULT_OPSET, optimize: true }
  return opsets.includes(DEFAULT_OPSET) ? [...traced, small] : traced
}

/** Each case at each opset: a model with its tensors, or why there is none. */
export async function* opCases(opsets) {
  for (const [i, opCase] of cases.entries()) {
    const path = ['ops', opCase.kernel, `${i} ${opCase.name}`]
    const { failed, outputs } = await attempted(async () => ({ outputs: await expected(opCase) }))
    if (outputs === undefined) {
      yield { path, failed: `TensorFlow.js: ${failed}` }
      continue
    }
    for (const { name, ...options } of variants(opsets)) {
      const result = await attempted(() => modelOf(opCase, outputs, options))
      yield { path: [...path, name], ...result }
    }
  }
}
