// Names of inputs and outputs stay as the users of a model know them.
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import { nodeBackend } from '@anyvae/runtime-node'
import { exportOnnx } from '../index.js'
import { artifacts, constant, placeholder } from '../testing/models/graph-models.js'
import { expectedNames, ioNames } from './io-names.js'
import { nearNames } from './near-names.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('names', () => {
  it.each([
    [['input_1:0'], ['Identity:0'], ['input_1'], ['Identity']],
    [['x'], ['t:0', 't:1', 't:2'], ['x'], ['t', 't_1', 't_2']],
    // What is an identifier already keeps its name, whatever comes before it.
    [
      ['a:1', 'a_1'],
      ['b:1', 'b_1'],
      ['a_1_1', 'a_1'],
      ['b_1_1', 'b_1'],
    ],
    [['x:0', 'x'], ['x'], ['x_2', 'x'], ['x_1']],
    [['a/b', 'a_b'], ['9'], ['a_b_1', 'a_b'], ['v_9']],
  ])('%j -> %j', (inputs, outputs, graphInputs, graphOutputs) => {
    expect(ioNames(inputs, outputs)).toEqual({ inputs: graphInputs, outputs: graphOutputs })
  })

  it('finds near ones', () => {
    const names = ['net/block_1/conv', 'net/block_2/conv', 'dense', 'dense_1', 'input_1']
    expect(nearNames('dens', names)[0]).toBe('dense')
    expect(nearNames('block_2', names)).toEqual(['net/block_2/conv'])
    expect(nearNames('zzzzzzzz', names)).toEqual([])
    const many = Array.from({ length: 40 }, (_, i) => `layer_${i}`)
    expect(expectedNames('layr_17', many)).toMatch(/^one of 40; did you mean layer_17/)
    expect(expectedNames('', many)).toMatch(/^one of 40, such as layer_0, /)
  })
})

/** Two tensors of one node as outputs, named by their tensors as older converters do it. */
async function split() {
  const made = artifacts(
    [
      placeholder('input_1', [-1, 4]),
      constant('axis', { type: 'DT_INT32' }),
      {
        name: 't',
        op: 'Split',
        input: ['axis', 'input_1'],
        attr: { T: { type: 'DT_FLOAT' }, num_split: { i: '2' } },
      },
    ],
    [{ name: 'axis', shape: [], integers: [1] }],
  )
  const info = (name: string) => ({ [name]: { name } })
  const signature = { inputs: info('input_1:0'), outputs: { ...info('t:0'), ...info('t:1') } }
  return loadGraphModel(tf.io.fromMemory({ ...made, signature }))
}

describe('models with tensors for names', () => {
  it('keep base names, give each tensor of a node, and say what they are called', async () => {
    const exported = await exportOnnx(await split())
    expect(exported.inputs.map(({ name }) => name)).toEqual(['input_1'])
    expect(exported.outputs.map(({ name }) => name)).toEqual(['t', 't_1'])
    const names = { input_1: 'input_1:0', t: 't:0', t_1: 't:1' }
    expect(exported.names).toEqual(names)
    expect(exported.model.metadata).toEqual({
      'tensorflow_js_name.input_1': 'input_1:0',
      'tensorflow_js_name.t': 't:0',
      'tensorflow_js_name.t_1': 't:1',
    })
    const session = await nodeBackend.createSession(exported.bytes)
    const data = Float32Array.of(1, 2, 3, 4)
    const results = await session.run({ input_1: { type: 'float32', dims: [1, 4], data } })
    await session.release()
    expect([...(results['t']?.data ?? [])]).toEqual([1, 2])
    expect([...(results['t_1']?.data ?? [])]).toEqual([3, 4])
  })

  it.each(['input_1', 'input_1:0'])('take an input as %s', async (name) => {
    const { inputs } = await exportOnnx(await split(), { [name]: [7, 4] })
    expect(inputs[0]).toMatchObject({ name: 'input_1', dims: [7, 4] })
  })

  it('name the tensors of a layer by their numbers', async () => {
    const x = tfl.input({ shape: [3, 2], name: 'x' })
    const gru = tfl.layers.gru({
      units: 2,
      returnState: true,
      name: 'gru',
      recurrentInitializer: 'zeros',
    })
    const outputs = gru.apply(x) as tfl.SymbolicTensor[]
    const { names } = await exportOnnx(tfl.model({ inputs: x, outputs }))
    expect(names).toEqual({ x: 'x', gru: 'gru', gru_1: 'gru:1' })
  })
})
