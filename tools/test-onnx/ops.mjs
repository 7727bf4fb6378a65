// The exporter's op cases as models at each opset, with what TensorFlow.js gives as expected values.
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { traceGraph } from '@anyvae/exporter'
import { checkModel, createModel, encodeModel, OnnxError, tensorOf } from '@anyvae/onnx'
import { cases } from '../../packages/exporter/src/testing/cases/index.js'

const tensorsOf = ({ inputs }) =>
  inputs.map(({ dims, values, dataType }) => tf.tensor([...values], [...dims], dataType))

/** What TensorFlow.js computes on its cpu backend. */
async function expected(opCase) {
  await tf.setBackend('cpu')
  const results = tf.tidy(() => [opCase.fn(...tensorsOf(opCase))].flat())
  return results.map((result, i) => ({
    name: `y${i}`,
    ...tensorOf(result.dtype, result.shape, result.dataSync()),
  }))
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

/** What an opset does not have, where that is what an error says; else undefined. */
function refusal(error) {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof OnnxError && each.message.includes('is not in opset')) {
      return each.message
    }
  }
  return undefined
}

/** The model, why the opset has none, or why there is none at all. */
function attempt(opCase, outputs, opset) {
  try {
    const model = createModel(graphOf(opCase, outputs, opset), { opset })
    checkModel(model)
    const given = new Map(inputsOf(opCase).map((tensor) => [tensor.name, tensor]))
    const inputs = model.graph.inputs.map(({ name }) => given.get(name))
    return { model: encodeModel(model), inputs, outputs, tolerance: opCase.tolerance }
  } catch (error) {
    const refused = refusal(error)
    return refused === undefined ? { failed: error.message } : { refused }
  }
}

const inputsOf = ({ inputs }) =>
  inputs.map(({ dims, values, dataType }, i) => ({
    name: `x${i}`,
    ...tensorOf(dataType, dims, values),
  }))

/** Each case at each opset: a model with its tensors, or why there is none. */
export async function* opCases(opsets) {
  for (const [i, opCase] of cases.entries()) {
    const path = [opCase.kernel, `${i} ${opCase.name}`]
    const outputs = await expected(opCase).catch((error) => error)
    if (outputs instanceof Error) {
      yield { path, failed: `TensorFlow.js: ${outputs.message}` }
      continue
    }
    for (const opset of opsets) {
      yield { path: [...path, `opset ${opset}`], ...attempt(opCase, outputs, opset) }
    }
  }
}
