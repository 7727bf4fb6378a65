// Parts of models by the names of their nodes and layers, with the values of the whole model there.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { nodeBackend } from '@anyvae/runtime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../testing/command.js'
import { saveLayersModel, saveModel } from '../../testing/saved-model.js'

let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-cut-'))
  await tf.setBackend('cpu')
  await saveModel(join(base, 'graph'), graph())
  await saveLayersModel(join(base, 'layers'), layers())
})
afterAll(() => rm(base, { recursive: true }))

async function convert(name: string, ...flags: string[]) {
  const out = join(base, `${name}.onnx`)
  await rm(out, { force: true })
  return { out, ...(await run(['convert', join(base, name), '--out', out, ...flags])) }
}

async function values(out: string, feeds: Readonly<Record<string, tf.Tensor>>) {
  const session = await nodeBackend.createSession(new Uint8Array(await readFile(out)))
  const inputs = Object.entries(feeds).map(([name, tensor]) => {
    const data = Float32Array.from(tensor.dataSync())
    return [name, { type: 'float32', dims: tensor.shape, data }] as const
  })
  const results = await session.run(Object.fromEntries(inputs))
  await session.release()
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [
      name,
      Array.from<number | bigint>(data).map(Number),
    ]),
  )
}

const FLOAT = { type: 'DT_FLOAT' }

/** x -> Relu -> Split -> MyOp of one half; all but the ends in tf.function's scope. */
function graph(): tf.io.ModelArtifacts {
  const scope = 'StatefulPartitionedCall/net'
  const dim = [{ size: '-1' }, { size: '4' }]
  const dtype = { type: 'DT_INT32' }
  return {
    format: 'graph-model',
    signature: {
      inputs: { x: { name: 'x:0' } },
      outputs: { y: { name: 'Identity:0' } },
    },
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype: FLOAT, shape: { shape: { dim } } } },
        { name: `${scope}/axis`, op: 'Const', attr: { dtype } },
        { name: `${scope}/block/Relu`, op: 'Relu', input: ['x'], attr: { T: FLOAT } },
        {
          name: `${scope}/block/split`,
          op: 'Split',
          input: [`${scope}/axis`, `${scope}/block/Relu`],
          attr: { T: FLOAT, num_split: { i: '2' } },
        },
        { name: `${scope}/odd`, op: 'MyOp', input: [`${scope}/block/split:1`], attr: { T: FLOAT } },
        { name: `${scope}/Neg`, op: 'Neg', input: [`${scope}/odd`], attr: { T: FLOAT } },
        { name: 'Identity', op: 'Identity', input: [`${scope}/Neg`], attr: { T: FLOAT } },
      ],
      versions: { producer: 1395 },
    },
    weightSpecs: [{ name: `${scope}/axis`, shape: [], dtype: 'int32' }],
    weightData: Int32Array.of(1).buffer,
  }
}

function layers(): tfl.LayersModel {
  const inner = tfl.sequential({ name: 'body' })
  inner.add(tfl.layers.dense({ units: 3, inputShape: [4], activation: 'relu', name: 'first' }))
  inner.add(tfl.layers.dense({ units: 2, name: 'second' }))
  const x = tfl.input({ shape: [4], name: 'x' })
  const body = inner.apply(x) as tfl.SymbolicTensor
  const side = tfl.layers.dense({ units: 2, name: 'side' }).apply(x) as tfl.SymbolicTensor
  const sum = tfl.layers.add({ name: 'sum' }).apply([body, side]) as tfl.SymbolicTensor
  const head = tfl.layers.dense({ units: 1, name: 'head' }).apply(sum) as tfl.SymbolicTensor
  return tfl.model({ inputs: x, outputs: head, name: 'whole' })
}

const X = () => tf.tensor2d([[1, -2, 3, 4]])

describe('a part of a graph model', () => {
  it.each([
    ['net/block/split:1', 'net_block_split_1', [3, 4]],
    ['StatefulPartitionedCall/net/block/split', 'StatefulPartitionedCall_net_block_split', [1, 0]],
    ['block/Relu:0', 'block_Relu', [1, 0, 3, 4]],
  ])('ends at %s, before an operation that nobody knows', async (output, name, wanted) => {
    const { out, exitCode, stdout, stderr } = await convert('graph', '--output', output)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(`${name} float32[batch, `)
    expect(stdout).toContain(`(${output} in the model)`)
    expect(await values(out, { x: X() })).toEqual({ [name]: wanted })
  })

  it('begins behind it', async () => {
    const { out, exitCode, stdout, stderr } = await convert('graph', '--input', 'net/odd=batch,2')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^input {7}net_odd float32\[batch, 2\] .*net\/odd in the model/m)
    expect(await values(out, { net_odd: tf.tensor2d([[5, -6]]) })).toEqual({ y: [-5, 6] })
  })

  it('begins at one tensor of several, and gives outputs in the order asked for', async () => {
    const flags = [
      '--output',
      'net/Neg,net/block/split',
      '--output',
      'x',
      '--input',
      'net/odd:0=1,2',
    ]
    const { out, exitCode, stderr } = await convert('graph', ...flags)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const got = await values(out, { x: X(), net_odd: tf.tensor2d([[5, -6]]) })
    expect(Object.keys(got)).toEqual(['net_Neg', 'net_block_split', 'x_1'])
    expect(got).toEqual({ net_Neg: [-5, 6], net_block_split: [1, 0], x_1: [1, -2, 3, 4] })
  })

  it.each([
    [[], /MyOp: TensorFlow\.js has no such operation.*--output.*node .*net\/odd/],
    [['--output', 'blok/Relu'], /--output blok\/Relu: no such node.*did you mean .*block\/Relu/],
    [['--output', 'zzzz'], /no such node in the model, got 'zzzz', expected x, /],
    [['--input', 'blok=2', '--output', 'x'], /--input blok: no such node/],
    [['--input', 'net/odd=batch,2', '--output', 'x'], /--input net\/odd: reaches no output/],
    [['--input', 'x=batch,4', '--input', 'net/odd=batch,2'], /--input x: reaches no output/],
    [['--input', 'x=batch,5', '--output', 'block/Relu'], /input x does not fit/],
  ])('%j is refused', async (flags, message) => {
    const { exitCode, stderr } = await convert('graph', ...flags)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
  })
})

describe('a part of a layers model', () => {
  /** What layers give, computed by TensorFlow.js from the saved weights. */
  const dense = async (names: readonly string[], x: tf.Tensor) => {
    const { loadLayersModel } = await import('@tensorflow/tfjs-layers')
    const text = await readFile(join(base, 'layers', 'model.json'), 'utf8')
    const parts = ['group1-shard1of2.bin', 'group1-shard2of2.bin']
    const bytes = Buffer.concat(
      await Promise.all(parts.map((part) => readFile(join(base, 'layers', part)))),
    )
    const { modelTopology, weightsManifest } = JSON.parse(text) as tf.io.ModelJSON
    const weightSpecs = weightsManifest.flatMap(({ weights }) => weights)
    const weightData = Uint8Array.from(bytes).buffer
    const model = await loadLayersModel(
      tf.io.fromMemory({ modelTopology, weightSpecs, weightData }),
    )
    const all = [...model.layers, ...(model.getLayer('body') as tfl.LayersModel).layers]
    const layer = (name: string) => all.find((each) => each.name === name)
    return names.reduce((value, name) => layer(name)?.apply(value) as tf.Tensor, x).dataSync()
  }

  it.each([
    [['--output', 'side'], ['side'], 'side'],
    [['--output', 'body/first'], ['first'], 'first'],
    [['--output', 'first:0'], ['first'], 'first'],
    [['--output', 'body'], ['first', 'second'], 'second'],
  ])('ends at a layer: %j', async (flags, names) => {
    const { out, exitCode, stderr } = await convert('layers', ...flags)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const got = Object.values(await values(out, { x: X() }))
    const wanted = await dense(names, X())
    expect(got).toHaveLength(1)
    got[0]?.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 5))
  })

  it.each([
    ['sum', ['head'], 'sum=batch,2', []],
    ['first', ['second'], 'body/first=batch,3', ['--output', 'body']],
    ['first', ['second'], 'first=batch,3', ['--output', 'body/second']],
  ])('begins behind %s', async (_, names, input, flags) => {
    const { out, exitCode, stdout, stderr } = await convert('layers', '--input', input, ...flags)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const [name = '', size = ''] =
      /^input {7}(\w+) float32\[batch, (\d)\]$/m.exec(stdout)?.slice(1) ?? []
    const x = tf.tensor2d([[0.5, -1, 2].slice(0, Number(size))])
    const [got = []] = Object.values(await values(out, { [name]: x }))
    const wanted = await dense(names, x)
    got.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 5))
  })

  it('keeps an input that is read beside the new one', async () => {
    const { out, exitCode } = await convert('layers', '--input', 'body/first=batch,3')
    expect(exitCode).toBe(0)
    const first = tf.tensor2d([[0.5, 1, 2]])
    const got = await values(out, { x: X(), body_first: first })
    const [second, side] = [await dense(['second'], first), await dense(['side'], X())]
    const sum = tf.tensor2d([Array.from(second, (value, i) => value + (side[i] ?? 0))])
    expect(got['head']?.[0]).toBeCloseTo((await dense(['head'], sum))[0] ?? Number.NaN, 5)
  })

  it.each([
    [['--output', 'sid'], /--output sid: no such layer.*did you mean side/],
    [['--output', 'side:1'], /--output side:1: the layer gives no such tensor/],
    [
      ['--input', 'sum=batch,3'],
      /--input sum: does not fit, got \[batch, 3\], expected \[batch, 2\]/,
    ],
    [['--input', 'sum=batch,2', '--output', 'side'], /--input sum: reaches no output/],
  ])('%j is refused', async (flags, message) => {
    const { exitCode, stderr } = await convert('layers', ...flags)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(message)
  })
})
