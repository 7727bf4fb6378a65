import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import { exportOnnx } from '../index.js'
import {
  artifacts,
  constant,
  graphArtifacts,
  placeholder,
  type TopologyNode,
} from '../testing/models/graph-models.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const FLOAT = { T: { type: 'DT_FLOAT' } }

async function modelOf(...nodes: TopologyNode[]) {
  const constants = nodes.filter(({ op }) => op === 'Const')
  const weights = constants.map(({ name }) => ({ name, shape: [1], integers: [3] }))
  return loadGraphModel(tf.io.fromMemory(artifacts(nodes, weights)))
}

describe('exportOnnx of graph models', () => {
  it('names weights and nodes like the model, and leaves the model as it was', async () => {
    const model = await loadGraphModel(tf.io.fromMemory(graphArtifacts()))
    const { model: made } = await exportOnnx(model, {}, { optimize: false })
    const names = made.graph.initializers.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['net_conv_kernel', 'net_dense_bias']))
    expect(made.graph.nodes.map(({ name }) => name)).toContain('net_dense_MatMul_Gemm')
    const again = await exportOnnx(model, {}, { optimize: false })
    expect(again.bytes).toEqual((await exportOnnx(model, {}, { optimize: false })).bytes)
    const [y] = [model.predict(tf.ones([2, 8, 8, 3]))].flat()
    expect((y as tf.Tensor).shape).toEqual([2, 5])
  })

  it('gives every input and output its name', async () => {
    const model = await modelOf(
      placeholder('a', [-1, 3]),
      placeholder('b', [-1, 3]),
      { name: 'sum', op: 'AddV2', input: ['a', 'b'], attr: FLOAT },
      { name: 'product', op: 'Mul', input: ['a', 'b'], attr: FLOAT },
    )
    const { inputs, outputs } = await exportOnnx(model, undefined, { outputs: ['x', 'y'] })
    expect(inputs.map(({ name, dims }) => [name, dims])).toEqual([
      ['a', ['batch', 3]],
      ['b', ['batch', 3]],
    ])
    expect(outputs.map(({ name }) => name)).toEqual(['x', 'y'])
  })

  it.each<[string, TopologyNode[], RegExp]>([
    [
      'control flow',
      [
        placeholder('x', [-1, 3]),
        { name: 'loop', op: 'Enter', input: ['x'], attr: { ...FLOAT, frame_name: { s: 'Zg==' } } },
        { name: 'out', op: 'Exit', input: ['loop'], attr: FLOAT },
      ],
      /^Exit: node out leaves no loop, got Placeholder x, expected a Merge of an Enter \(node out\)$/,
    ],
    [
      'tables of words',
      [
        placeholder('x', [-1, 3]),
        { name: 'table', op: 'HashTableV2', attr: { shared_name: { s: 'dA==' } } },
        constant('other', { type: 'DT_INT32' }),
        {
          name: 'found',
          op: 'LookupTableFindV2',
          input: ['table', 'x', 'other'],
          attr: { Tin: { type: 'DT_FLOAT' }, Tout: { type: 'DT_INT32' } },
        },
      ],
      /control flow or shapes depend on values, got node table \(HashTableV2\), expected /,
    ],
    [
      'random numbers',
      [
        placeholder('x', [-1, 3]),
        constant('shape', { type: 'DT_INT32' }),
        {
          name: 'noise',
          op: 'RandomUniform',
          input: ['shape'],
          attr: { T: { type: 'DT_INT32' }, dtype: { type: 'DT_FLOAT' }, seed: { i: '1' } },
        },
        { name: 'y', op: 'AddV2', input: ['x', 'noise'], attr: FLOAT },
      ],
      /draws random numbers.*\(node noise/,
    ],
  ])('refuses %s, and names the node', async (_, nodes, message) => {
    const model = await modelOf(...nodes)
    await expect(exportOnnx(model)).rejects.toThrow(message)
    expect(tf.getBackend()).toBe('cpu')
  })
})
