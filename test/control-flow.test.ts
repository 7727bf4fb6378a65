// Graph models with loops, branches and lists, made with TensorFlow, compute the same in ONNX Runtime.
import { readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { exportOnnx, type ExportOptions } from '@anyvae/exporter'
import { checkModel, type Graph, type Node } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { distance, modelsFolder, savedModel, tensorOf, valueOf } from './control-flow/saved.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const names = readdirSync(modelsFolder).sort()

/** In float16 a change never gets as small as what ends these loops; they take another number of steps. */
const ENDS_ON_SMALL_CHANGES = ['newton', 'newton_frames']

/** Where TensorFlow.js gives other values than TensorFlow, or none. */
const OTHERWISE_IN_TENSORFLOWJS = [
  // It takes the last result that a function gives of a node for all of that node's results.
  'cases_in_cases',
  // It gives constants of branches that are not taken.
  'cases_in_cases_frames',
  // It disposes of elements of lists after the step of a While that writes them.
  ...['dynamic_lengths', 'each_image', 'early', 'mapped'],
]

async function differences(name: string, options: ExportOptions): Promise<number[]> {
  const { model, cases } = await savedModel(name)
  const exported = await exportOnnx(model, {}, options)
  checkModel(exported.model)
  const session = await nodeBackend.createSession(exported.bytes)
  try {
    const found: number[] = []
    for (const { inputs, outputs } of cases) {
      const feeds = exported.inputs.flatMap(({ name: input }, i) => {
        const stored = inputs[i]
        return stored ? [[input, valueOf(stored)] as const] : []
      })
      const got = await session.run(Object.fromEntries(feeds))
      for (const [output, wanted] of Object.entries(outputs)) {
        expect([output, got[output]?.dims]).toEqual([output, wanted.shape])
        found.push(distance(got[output]?.data ?? [], wanted.values))
      }
    }
    return found
  } finally {
    await session.release()
  }
}

describe('graph models with control flow, in ONNX Runtime as in TensorFlow', () => {
  it.each(names)('%s', async (name) => {
    for (const options of [{ optimize: false }, {}, { opset: 13 }, { opset: 21 }]) {
      for (const each of await differences(name, options)) expect(each).toBeLessThan(1e-5)
    }
  })

  it.each(names.filter((name) => !ENDS_ON_SMALL_CHANGES.includes(name)))(
    '%s in float16',
    async (name) => {
      const found = await differences(name, { precision: 'float16' })
      for (const each of found) expect(each).toBeLessThan(5e-3)
    },
  )
})

describe('TensorFlow.js computes what TensorFlow does', () => {
  it.each(names.filter((name) => !OTHERWISE_IN_TENSORFLOWJS.includes(name)))('%s', async (name) => {
    const { model, cases } = await savedModel(name)
    for (const { inputs, outputs } of cases) {
      const feeds = model.inputNodes.map((node, i) => [node, inputs[i]] as const)
      const tensors = Object.fromEntries(
        feeds.flatMap(([node, stored]) => (stored ? [[node, tensorOf(stored)]] : [])),
      )
      const results = [await model.executeAsync(tensors, model.outputNodes)].flat()
      model.outputNodes.forEach((output, i) => {
        const far = distance(results[i]?.dataSync() ?? [], outputs[output]?.values ?? [NaN])
        expect(far).toBeLessThan(1e-5)
      })
    }
  })
})

const allNodes = (graph: Graph): Node[] =>
  graph.nodes.flatMap((node) => [
    node,
    ...Object.values(node.attributes).flatMap((each) =>
      each.type === 'graph' ? allNodes(each.value) : [],
    ),
  ])

describe('the graphs', () => {
  it.each([
    ['counter', ['Loop']],
    ['nested_frames', ['Loop', 'Loop']],
    ['collatz', ['If', 'Loop']],
    ['branches_frames', ['If']],
  ])('of %s hold %j', async (name, wanted) => {
    const { model } = await savedModel(name)
    const { model: made } = await exportOnnx(model)
    const found = allNodes(made.graph).map(({ opType }) => opType)
    expect(found.filter((each) => ['If', 'Loop', 'Scan'].includes(each)).sort()).toEqual(wanted)
  })

  it.each(['lstm', 'dynamic_lengths', 'mapped', 'scanned', 'scanned_frames'])(
    'of %s take rows from sequences, and stack rows, without copies of the whole',
    async (name) => {
      const { model } = await savedModel(name)
      const { model: made } = await exportOnnx(model)
      const found = new Set(allNodes(made.graph).map(({ opType }) => opType))
      expect(found.has('Gather')).toBe(true)
      expect(found.has('ScatterND')).toBe(false)
    },
  )
})
