// Graph models as TensorFlow's converter writes them, put together by hand.
import * as tf from '@tensorflow/tfjs-core'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import { type BuiltModel, type ModelCase, sample, valuesFor } from './model-case.js'

/** A node of model.json's topology; attributes as protobuf's JSON has them. */
export interface TopologyNode {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr?: Readonly<Record<string, unknown>>
}

const FLOAT = { type: 'DT_FLOAT' }
const INT = { type: 'DT_INT32' }

const text = (value: string) => ({ s: btoa(value) })
const list = (...values: number[]) => ({ list: { i: values.map(String) } })

export function placeholder(name: string, dims: readonly number[]): TopologyNode {
  const dim = dims.map((size) => ({ size: String(size) }))
  return { name, op: 'Placeholder', attr: { dtype: FLOAT, shape: { shape: { dim } } } }
}

export function constant(name: string, dtype = FLOAT): TopologyNode {
  return { name, op: 'Const', attr: { dtype } }
}

/** A weight: its name, shape and, where they matter, whole numbers. */
export interface TopologyWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly integers?: readonly number[]
}

/** What tf.io loads: topology, weight specifications and data. */
export function artifacts(
  nodes: readonly TopologyNode[],
  weights: readonly TopologyWeight[],
): tf.io.ModelArtifacts {
  const parts = weights.map(({ name, shape, integers }, i) =>
    integers === undefined ? valuesFor(name, shape, i) : Int32Array.from(integers),
  )
  const bytes = parts.flatMap(({ buffer, byteLength }) => [
    ...new Uint8Array(buffer as ArrayBuffer, 0, byteLength),
  ])
  return {
    format: 'graph-model',
    modelTopology: { node: nodes, versions: { producer: 1395 } },
    weightSpecs: weights.map(({ name, shape, integers }) => ({
      name,
      shape: [...shape],
      dtype: integers === undefined ? ('float32' as const) : ('int32' as const),
    })),
    weightData: Uint8Array.from(bytes).buffer,
  }
}

async function loaded(
  nodes: readonly TopologyNode[],
  weights: readonly TopologyWeight[],
): Promise<BuiltModel> {
  const model = await loadGraphModel(tf.io.fromMemory(artifacts(nodes, weights)))
  return { model, predict: (inputs) => [model.execute(inputs, model.outputNodes)].flat() }
}

const PREFIX = 'StatefulPartitionedCall/net'

const NODES: readonly TopologyNode[] = [
  placeholder('image', [-1, 8, 8, 3]),
  ...['conv/kernel', 'conv/bias', 'norm/gamma', 'norm/beta', 'norm/mean', 'norm/variance'].map(
    (name) => constant(`${PREFIX}/${name}`),
  ),
  ...['dense/kernel', 'dense/bias'].map((name) => constant(`${PREFIX}/${name}`)),
  ...['begin', 'end', 'strides', 'size'].map((name) => constant(`${PREFIX}/flat/${name}`, INT)),
  {
    name: `${PREFIX}/conv/Relu`,
    op: '_FusedConv2D',
    input: ['image', `${PREFIX}/conv/kernel`, `${PREFIX}/conv/bias`],
    attr: {
      T: FLOAT,
      strides: list(1, 2, 2, 1),
      dilations: list(1, 1, 1, 1),
      padding: text('SAME'),
      data_format: text('NHWC'),
      num_args: { i: '1' },
      fused_ops: { list: { s: [btoa('BiasAdd'), btoa('Relu')] } },
      epsilon: { f: 0 },
    },
  },
  {
    name: `${PREFIX}/norm/FusedBatchNormV3`,
    op: 'FusedBatchNormV3',
    input: [
      `${PREFIX}/conv/Relu`,
      ...['gamma', 'beta', 'mean', 'variance'].map((name) => `${PREFIX}/norm/${name}`),
    ],
    attr: {
      T: FLOAT,
      epsilon: { f: 0.001 },
      data_format: text('NHWC'),
      is_training: { b: false },
    },
  },
  {
    name: `${PREFIX}/flat/Shape`,
    op: 'Shape',
    input: [`${PREFIX}/norm/FusedBatchNormV3`],
    attr: { T: FLOAT, out_type: INT },
  },
  {
    name: `${PREFIX}/flat/batch`,
    op: 'StridedSlice',
    input: [
      `${PREFIX}/flat/Shape`,
      ...['begin', 'end', 'strides'].map((name) => `${PREFIX}/flat/${name}`),
    ],
    attr: { shrink_axis_mask: { i: '1' }, T: INT },
  },
  {
    name: `${PREFIX}/flat/shape`,
    op: 'Pack',
    input: [`${PREFIX}/flat/batch`, `${PREFIX}/flat/size`],
    attr: { T: INT, axis: { i: '0' }, N: { i: '2' } },
  },
  {
    name: `${PREFIX}/flat/Reshape`,
    op: 'Reshape',
    input: [`${PREFIX}/norm/FusedBatchNormV3`, `${PREFIX}/flat/shape`],
    attr: { T: FLOAT },
  },
  {
    name: `${PREFIX}/dense/MatMul`,
    op: '_FusedMatMul',
    input: [`${PREFIX}/flat/Reshape`, `${PREFIX}/dense/kernel`, `${PREFIX}/dense/bias`],
    attr: {
      T: FLOAT,
      transpose_a: { b: false },
      transpose_b: { b: false },
      num_args: { i: '1' },
      fused_ops: { list: { s: [btoa('BiasAdd')] } },
      epsilon: { f: 0 },
    },
  },
  { name: 'Identity', op: 'Softmax', input: [`${PREFIX}/dense/MatMul`], attr: { T: FLOAT } },
]

const WEIGHTS: readonly TopologyWeight[] = [
  { name: `${PREFIX}/conv/kernel`, shape: [3, 3, 3, 4] },
  { name: `${PREFIX}/conv/bias`, shape: [4] },
  ...['gamma', 'beta', 'mean', 'variance'].map((name) => ({
    name: `${PREFIX}/norm/${name}`,
    shape: [4],
  })),
  { name: `${PREFIX}/dense/kernel`, shape: [64, 5] },
  { name: `${PREFIX}/dense/bias`, shape: [5] },
  { name: `${PREFIX}/flat/begin`, shape: [1], integers: [0] },
  { name: `${PREFIX}/flat/end`, shape: [1], integers: [1] },
  { name: `${PREFIX}/flat/strides`, shape: [1], integers: [1] },
  { name: `${PREFIX}/flat/size`, shape: [], integers: [64] },
]

/** What model.json of a small classifier holds: fused operations, normalisation, a flattened batch. */
export const graphArtifacts = () => artifacts(NODES, WEIGHTS)

export const graphClassifier: ModelCase = {
  name: 'graph_model',
  build: () => loaded(NODES, WEIGHTS),
  samples: () => [1, 3].map((batch) => [sample([batch, 8, 8, 3], batch)]),
}
