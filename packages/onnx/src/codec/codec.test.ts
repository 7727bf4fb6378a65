// Models and tensors survive the way through bytes, and onnxruntime reads what is written.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { OnnxError } from '../error.js'
import type { Attribute, Graph, Initializer, Model } from '../types.js'
import { decodeModel, decodeTensor, encodeModel, encodeTensor } from './codec.js'

function float32(name: string, dims: readonly number[], values: readonly number[]): Initializer {
  const bytes = new Uint8Array(new Float32Array(values).buffer)
  return { name, dataType: 'float32', dims, bytes }
}

function int64(name: string, values: readonly bigint[]): Initializer {
  const bytes = new Uint8Array(new BigInt64Array(values).buffer)
  return { name, dataType: 'int64', dims: [values.length], bytes }
}

const body: Graph = {
  name: 'body',
  nodes: [
    { name: 'keep', opType: 'Identity', inputs: ['cond'], outputs: ['cond_out'], attributes: {} },
    { name: 'add', opType: 'Add', inputs: ['state', 'step'], outputs: ['next'], attributes: {} },
  ],
  inputs: [
    { name: 'i', dataType: 'int64', dims: [] },
    { name: 'cond', dataType: 'bool', dims: [] },
    { name: 'state', dataType: 'float32', dims: [2] },
  ],
  outputs: [
    { name: 'cond_out', dataType: 'bool', dims: [] },
    { name: 'next', dataType: 'float32', dims: [2] },
  ],
  initializers: [],
  values: [],
}

const graph: Graph = {
  name: 'counting',
  doc: 'Adds step to x, trips times.',
  nodes: [
    {
      name: 'loop',
      opType: 'Loop',
      inputs: ['trips', '', 'x'],
      outputs: ['y'],
      attributes: { body: { type: 'graph', value: body } },
      doc: 'the loop',
    },
  ],
  inputs: [{ name: 'x', dataType: 'float32', dims: [2], doc: 'start' }],
  outputs: [{ name: 'y', dataType: 'float32', dims: [2] }],
  initializers: [{ ...int64('trips', [3n]), dims: [] }, float32('step', [2], [0.5, -1])],
  values: [{ name: 'unknown_rank', dataType: 'float32' }],
}

const model: Model = {
  irVersion: 8,
  opsets: { '': 17 },
  graph,
  producerName: 'anyvae',
  producerVersion: '0.1.0',
  domain: 'example',
  modelVersion: 2,
  doc: 'A loop.',
  metadata: { author: 'someone', license: 'MIT' },
}

function withAttributes(attributes: Record<string, Attribute>): Model {
  const node = { name: 'n', opType: 'Custom', domain: 'mine', inputs: ['x'], outputs: ['y'] }
  return { ...model, graph: { ...graph, nodes: [{ ...node, attributes }] } }
}

describe('models', () => {
  it('come back as they were', () => {
    expect(decodeModel(encodeModel(model))).toEqual(model)
  })

  it('come back with attributes of every type', () => {
    const every = withAttributes({
      axis: { type: 'int', value: -1 },
      big: { type: 'int', value: Number.MAX_SAFE_INTEGER },
      small: { type: 'int', value: Number.MIN_SAFE_INTEGER },
      pads: { type: 'ints', value: [0, 127, 128, 2 ** 40, -(2 ** 40)] },
      none: { type: 'ints', value: [] },
      alpha: { type: 'float', value: 0.25 },
      scales: { type: 'floats', value: [1, -0.5] },
      mode: { type: 'string', value: 'höchst' },
      words: { type: 'strings', value: ['a', ''] },
      value: { type: 'tensor', value: { dataType: 'bool', dims: [], bytes: Uint8Array.of(1) } },
    })
    expect(decodeModel(encodeModel(every))).toEqual(every)
  })

  it('have the same bytes whatever the order of keys', () => {
    const a: Attribute = { type: 'int', value: 1 }
    const b: Attribute = { type: 'int', value: 2 }
    const one = { ...withAttributes({ a, b }), metadata: { x: '1', y: '2' } }
    const other = { ...withAttributes({ b, a }), metadata: { y: '2', x: '1' } }
    expect(encodeModel(one)).toEqual(encodeModel(other))
  })

  it('are read by onnxruntime', async () => {
    const session = await InferenceSession.create(encodeModel(model))
    const { y } = await session.run({ x: new Tensor('float32', [1, 2], [2]) })
    expect([...((y?.data ?? []) as Float32Array)]).toEqual([2.5, -1])
    await session.release()
  })

  it('keep symbolic, unknown and fixed sizes apart', () => {
    const dims = ['batch', '', 0, 3]
    const inputs = [{ name: 'x', dataType: 'float16' as const, dims }]
    const shaped = { ...model, graph: { ...graph, inputs } }
    expect(decodeModel(encodeModel(shaped)).graph.inputs).toEqual(inputs)
  })

  it('refuse integers that a number cannot hold', () => {
    const wide = withAttributes({ axis: { type: 'int', value: 2 ** 53 } })
    expect(() => encodeModel(wide)).toThrow(OnnxError)
    // Field 1 of ModelProto, the IR version, as 2^53.
    const bytes = Uint8Array.of(8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10)
    expect(() => decodeModel(bytes)).toThrow(/too large, got 9007199254740992/)
  })
})

describe('damaged bytes', () => {
  const bytes = encodeModel(model)

  it('are an OnnxError wherever the file ends early', () => {
    // Behind the last operator set only metadata follow; without some of them a model is whole.
    const essential = bytes.length - 40
    for (let length = 0; length < essential; length++) {
      expect(() => decodeModel(bytes.subarray(0, length)), `${length} bytes`).toThrow(OnnxError)
    }
  })

  it('never throw anything but OnnxError', () => {
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice()
      altered[at] = (altered[at] ?? 0) ^ 0xff
      try {
        decodeModel(altered)
      } catch (error) {
        expect(error).toBeInstanceOf(OnnxError)
      }
    }
  })

  it('are refused as text', () => {
    const text = new TextEncoder().encode('<!doctype html><html></html>')
    expect(() => decodeModel(text)).toThrow(OnnxError)
    expect(() => decodeTensor(text)).toThrow(OnnxError)
  })
})

describe('tensors', () => {
  it('come back as they were', () => {
    const tensor = float32('input_0', [2, 2], [1, NaN, -0, Infinity])
    expect(decodeTensor(encodeTensor(tensor))).toEqual(tensor)
    const empty = float32('empty', [0, 3], [])
    expect(decodeTensor(encodeTensor(empty))).toEqual(empty)
  })

  it('share the bytes that they are read from', () => {
    const bytes = encodeTensor(float32('w', [2], [1, 2]))
    expect(decodeTensor(bytes).bytes.buffer).toBe(bytes.buffer)
  })

  it('are read from the typed fields', () => {
    // dims 2 and 1 float: [1.5, -2]
    const floats = Uint8Array.of(8, 2, 16, 1, 34, 8, 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0)
    expect(decodeTensor(floats)).toEqual(float32('', [2], [1.5, -2]))
    // 1 int64: the smallest there is
    const smallest = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]
    const int64s = Uint8Array.of(8, 1, 16, 7, 58, 10, ...smallest)
    expect(decodeTensor(int64s)).toEqual(int64('', [-(2n ** 63n)]))
    // 2 uint8 in the int32 field, given in two parts
    const bytes = decodeTensor(Uint8Array.of(8, 2, 16, 2, 42, 2, 0xff, 1, 42, 1, 7)).bytes
    expect(bytes).toEqual(Uint8Array.of(255, 7))
  })

  it('must have as many bytes as their shape says', () => {
    const short = { ...float32('w', [3], [1, 2]) }
    expect(() => encodeTensor(short)).toThrow('tensor w: wrong length, got 8 bytes, expected 12')
    expect(() => encodeTensor({ ...short, dims: [-1] })).toThrow(OnnxError)
  })
})
