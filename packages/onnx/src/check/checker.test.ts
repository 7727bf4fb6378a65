// A good model passes, and each single fault is found and named.
import { describe, expect, it } from 'vitest'
import { tensorOf } from '../builder/tensor.js'
import { attr } from '../builder/value.js'
import { OnnxError } from '../error.js'
import type { Graph, Model, Node, ValueInfo } from '../types.js'
import { checkModel } from './checker.js'

function node(opType: string, inputs: string[], output: string, rest: Partial<Node> = {}): Node {
  return { name: output, opType, inputs, outputs: [output], attributes: {}, ...rest }
}

function value(name: string, dims: ValueInfo['dims'] = [1, 1, 4, 4]): ValueInfo {
  return { name, dataType: 'float32', ...(dims && { dims }) }
}

const convAttributes = {
  kernel_shape: attr.ints([1, 1]),
  pads: attr.ints([0, 0, 0, 0]),
  strides: attr.ints([1, 1]),
  dilations: attr.ints([1, 1]),
}

const body: Graph = {
  name: 'body',
  nodes: [node('Identity', ['cond'], 'cond_out'), node('Add', ['state', 'hidden'], 'next')],
  inputs: [
    { name: 'iteration', dataType: 'int64', dims: [] },
    { name: 'cond', dataType: 'bool', dims: [] },
    value('state'),
  ],
  outputs: [{ name: 'cond_out', dataType: 'bool', dims: [] }, value('next')],
  initializers: [],
  values: [],
}

const conv = node('Conv', ['x', 'kernel'], 'hidden', { attributes: convAttributes })
const loop = node('Loop', ['trips', '', 'hidden'], 'y', { attributes: { body: attr.graph(body) } })

const graph: Graph = {
  name: 'g',
  nodes: [conv, loop],
  inputs: [value('x')],
  outputs: [value('y')],
  initializers: [
    { name: 'kernel', ...tensorOf('float32', [1, 1, 1, 1], [2]) },
    { name: 'trips', ...tensorOf('int64', [], [3]) },
  ],
  values: [value('hidden')],
}

const model: Model = { irVersion: 8, opsets: { '': 17 }, graph }

const withGraph = (change: Partial<Graph>): Model => ({ ...model, graph: { ...graph, ...change } })
const withNode = (change: Node): Model => withGraph({ nodes: [change, loop] })
const withBody = (change: Partial<Graph>): Model =>
  withGraph({
    nodes: [conv, { ...loop, attributes: { body: attr.graph({ ...body, ...change }) } }],
  })

const kernel = tensorOf('float32', [1, 1, 1, 1], [2])

const faults: readonly (readonly [string, Model, RegExp])[] = [
  ['an unknown opset', { ...model, opsets: { '': 12 } }, /got 12, expected one of 13, .*21/],
  ['no opset', { ...model, opsets: {} }, /unknown operator set, got none/],
  ['an IR too old for the opset', { ...model, opsets: { '': 21 } }, /got 8, expected 10 to 10/],
  ['an unknown IR', { ...model, irVersion: 99 }, /got 99, expected 8 to 10/],
  [
    'nodes out of order',
    withGraph({ nodes: [loop, conv] }),
    /y \(Loop\): .*later Conv, got hidden/,
  ],
  ['an undefined input', withNode({ ...conv, inputs: ['x', 'w'] }), /hidden \(Conv\).*got w,/],
  ['a value made twice', withGraph({ nodes: [conv, conv, loop] }), /duplicate node name.*hidden/],
  [
    'an output that exists',
    withGraph({ nodes: [conv, { ...conv, name: 'second' }, loop] }),
    /output of node second \(Conv\): duplicate name, got hidden/,
  ],
  ['a missing output', withGraph({ outputs: [value('z')] }), /missing output, got z/],
  ['an output given twice', withGraph({ outputs: [value('y'), value('y')] }), /duplicate output/],
  ['a bad value name', withGraph({ inputs: [value('x'), value('a/b')] }), /got "a\/b"/],
  ['a bad node name', withNode({ ...conv, name: '1st' }), /got "1st"/],
  ['a bad graph name', withGraph({ name: '' }), /got ""/],
  ['a foreign domain', withNode({ ...conv, domain: 'com.example' }), /got domain "com.example"/],
  ['a node without output', withNode({ ...conv, outputs: [''] }), /no output/],
  [
    'bytes that do not fit',
    withGraph({ initializers: [{ name: 'kernel', ...kernel, dims: [2] }] }),
    /initializer kernel: wrong length, got 4 bytes, expected 8 for float32 \[2\]/,
  ],
  [
    'a default value of another type',
    withGraph({ inputs: [value('x'), value('kernel', [1, 1, 1, 2])] }),
    /initializer kernel: not of its value's type/,
  ],
  ['a value info of nothing', withGraph({ values: [value('ghost')] }), /ghost: got no such value/],
  ['two value infos of one', withGraph({ values: [value('y'), value('y')] }), /a second one/],
  [
    'auto_pad',
    withNode({ ...conv, attributes: { ...convAttributes, auto_pad: attr.string('SAME_UPPER') } }),
    /hidden \(Conv\): padding by a mode/,
  ],
  [
    'pads of the wrong length',
    withNode({ ...conv, attributes: { ...convAttributes, pads: attr.ints([0, 0]) } }),
    /wrong length of pads, got 2, expected 4/,
  ],
  [
    'no output_padding',
    withNode({ ...conv, opType: 'ConvTranspose' }),
    /ConvTranspose\): attribute output_padding is missing/,
  ],
  [
    'an undefined value in a body',
    withBody({ outputs: [value('hidden')] }),
    /body: missing output/,
  ],
  [
    'a body that hides an outer value',
    withBody({ nodes: [...body.nodes, node('Neg', ['state'], 'x')] }),
    /graph body: output of node x \(Neg\): duplicate name, got x/,
  ],
  [
    'a body that reads what comes later',
    withBody({ nodes: [node('Identity', ['y'], 'cond_out'), ...body.nodes.slice(1)] }),
    /cond_out \(Identity\): undefined input, got y/,
  ],
]

describe('checkModel', () => {
  it('accepts a good model', () => {
    expect(() => checkModel(model)).not.toThrow()
    expect(() => checkModel({ ...model, irVersion: 10, opsets: { '': 21 } })).not.toThrow()
  })

  it('accepts an input with a default value', () => {
    const optional = withGraph({ inputs: [value('x'), value('kernel', [1, 1, 'height', 'width'])] })
    expect(() => checkModel(optional)).not.toThrow()
  })

  it.each(['kernel_shape', 'pads', 'strides', 'dilations'])('refuses Conv without %s', (name) => {
    const attributes = Object.fromEntries(
      Object.entries(convAttributes).filter(([each]) => each !== name),
    )
    const bare = withNode({ ...conv, attributes })
    expect(() => checkModel(bare)).toThrow(`attribute ${name} is missing`)
  })

  it.each(faults)('refuses %s', (_, faulty, message) => {
    expect(() => checkModel(faulty)).toThrow(OnnxError)
    expect(() => checkModel(faulty)).toThrow(message)
  })
})
