// Graphs print as documented; the snapshots are the specification of the text.
import { describe, expect, it } from 'vitest'
import { tensorOf } from './builder/tensor.js'
import { decodeModel, encodeModel } from './codec/codec.js'
import { printGraph, printModel } from './printer.js'
import type { Graph, Model } from './types.js'

const body: Graph = {
  name: 'body',
  nodes: [
    { name: 'keep', opType: 'Identity', inputs: ['cond'], outputs: ['cond_out'], attributes: {} },
    { name: 'next', opType: 'Add', inputs: ['state', 'step'], outputs: ['next'], attributes: {} },
  ],
  inputs: [
    { name: 'i', dataType: 'int64', dims: [] },
    { name: 'cond', dataType: 'bool', dims: [] },
    { name: 'state', dataType: 'float32', dims: ['batch', 3] },
  ],
  outputs: [
    { name: 'cond_out', dataType: 'bool', dims: [] },
    { name: 'next', dataType: 'float32', dims: ['batch', 3] },
  ],
  initializers: [{ name: 'step', ...tensorOf('float32', [3], [0.1, -0, 1e-7]) }],
  values: [],
}

const model: Model = {
  irVersion: 8,
  opsets: { 'com.example': 1, '': 17 },
  producerName: 'anyvae',
  producerVersion: '0.1.0',
  metadata: { license: 'MIT', author: 'A "B"' },
  doc: 'A model.',
  graph: {
    name: 'network',
    doc: 'Two lines\nof words.',
    nodes: [
      {
        name: 'leak',
        opType: 'LeakyRelu',
        inputs: ['x'],
        outputs: ['leaked'],
        attributes: { alpha: { type: 'float', value: 0.3 } },
      },
      {
        name: 'dropped',
        opType: 'Custom',
        domain: 'com.example',
        inputs: ['leaked', '', 'kernel'],
        outputs: ['', 'strange'],
        attributes: {
          words: { type: 'strings', value: ['a', 'b'] },
          pads: { type: 'ints', value: [0, 1] },
          mode: { type: 'string', value: 'edge' },
          fill: { type: 'tensor', value: tensorOf('int64', [1], [7]) },
        },
        doc: 'Why it is here.',
      },
      {
        name: 'loop',
        opType: 'Loop',
        inputs: ['trips', '', 'leaked'],
        outputs: ['y'],
        attributes: { body: { type: 'graph', value: body } },
      },
    ],
    inputs: [{ name: 'x', dataType: 'float32', dims: ['batch', 3] }],
    outputs: [{ name: 'y', dataType: 'float32', dims: ['batch', ''] }],
    initializers: [
      { name: 'trips', ...tensorOf('int64', [], [2]) },
      { name: 'kernel', ...tensorOf('float32', [3, 4], new Float32Array(12)) },
      { name: 'flags', ...tensorOf('bool', [2], [1, 0]) },
    ],
    values: [
      { name: 'leaked', dataType: 'float32', dims: ['batch', 3] },
      { name: 'strange', dataType: 'float16' },
    ],
  },
}

describe('printModel', () => {
  it('shows everything but large data', () => {
    expect(printModel(model)).toMatchInlineSnapshot(`
      "model: IR 8, opset onnx 17, com.example 1, by anyvae 0.1.0
      # A model.
      author: "A \\"B\\""
      license: "MIT"
      graph network(x: float32[batch, 3]) -> (y: float32[batch, ?]) {
        # Two lines
        # of words.
        trips: int64[] = {2}
        kernel: float32[3, 4]
        flags: bool[2] = {true, false}
        [leak] leaked: float32[batch, 3] = LeakyRelu<alpha=0.3>(x)
        # Why it is here.
        [dropped] _, strange: float16 = com.example.Custom<fill=int64[1]{7}, mode="edge", pads=[0, 1], words=["a","b"]>(leaked, _, kernel)
        [loop] y: float32[batch, ?] = Loop(trips, _, leaked)
          body: body(i: int64[], cond: bool[], state: float32[batch, 3]) -> (cond_out: bool[], next: float32[batch, 3]) {
            step: float32[3] = {0.1, -0, 1e-7}
            [keep] cond_out: bool[] = Identity(cond)
            next: float32[batch, 3] = Add(state, step)
          }
      }"
    `)
  })

  it('does not change on the way through bytes', () => {
    expect(printModel(decodeModel(encodeModel(model)))).toBe(printModel(model))
  })
})

describe('printGraph', () => {
  it('prints data that lie in a Node Buffer', () => {
    const bytes = Buffer.from([0, 7, 0, 0, 0]).subarray(1)
    const seven = { name: 'seven', dataType: 'int32', dims: [1], bytes } as const
    const graph = {
      name: 'g',
      nodes: [],
      inputs: [],
      outputs: [],
      initializers: [seven],
      values: [],
    }
    expect(printGraph(graph)).toContain('seven: int32[1] = {7}')
  })

  it('prints an empty graph', () => {
    const empty = { name: 'g', nodes: [], inputs: [], outputs: [], initializers: [], values: [] }
    expect(printGraph(empty)).toBe('graph g() -> () {\n}')
  })
})
