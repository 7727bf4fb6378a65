// What an operator set has, lacks and has in another form.
import { describe, expect, it } from 'vitest'
import { OnnxError } from '../../error.js'
import { GraphBuilder } from '../builder.js'
import { attr } from '../value.js'
import { checkCall, leastOpset, operators } from './check.js'

const value = (dataType: 'float32' | 'int32' | 'bool' | 'int64', ...dims: number[]) => ({
  name: 'x',
  dataType,
  dims,
})
const x = value('float32', 2, 3)
const call = (opType: string, inputs = [x], attributes = {}) => ({ opType, inputs, attributes })

const faults: readonly (readonly [string, number, ReturnType<typeof call>, string])[] = [
  [
    'an operator that came later',
    13,
    call('BitwiseNot', [value('int32')]),
    'BitwiseNot: is not in opset 13, got opset 13, expected at least 18',
  ],
  [
    'an element type that came later',
    13,
    call('Relu', [value('int32', 2)]),
    'Relu: int32 as input 0 is not in opset 13, got opset 13, expected at least 14',
  ],
  [
    'an input that came later',
    17,
    call('ReduceMax', [x, value('int64', 1)]),
    'ReduceMax: input 1 is not in opset 17, got opset 17, expected at least 18',
  ],
  [
    'an attribute that came later',
    13,
    call('Shape', [x], { start: attr.int(1) }),
    'Shape: attribute start is not in opset 13, got opset 13, expected at least 15',
  ],
  [
    'an attribute that went',
    18,
    call('ReduceMax', [x], { axes: attr.ints([0]) }),
    'ReduceMax: attribute axes is not in opset 18, got opset 18, expected at most 17',
  ],
  [
    'a value that came later',
    17,
    call('ScatterND', [x, value('int64', 1, 1), x], { reduction: attr.string('max') }),
    'ScatterND: reduction max is not in opset 17, got opset 17, expected at least 18',
  ],
  [
    'a value that went',
    20,
    call('GridSample', [x, x], { mode: attr.string('bilinear') }),
    'GridSample: mode bilinear is not in opset 20, got opset 20, expected at most 19',
  ],
  [
    'types that differ',
    17,
    call('Add', [x, value('int32')]),
    'Add: types differ, got int32 for input 1, expected float32',
  ],
  [
    'a type that it never has',
    21,
    call('Sin', [value('int32')]),
    'Sin: type of input 0, got int32',
  ],
  ['too few inputs', 17, call('Add', [x]), 'Add: input 1 is missing'],
  ['too many inputs', 17, call('Abs', [x, x]), 'Abs: too many inputs, got 2, expected 1'],
  [
    'an attribute that it never has',
    17,
    call('Softmax', [x], { axes: attr.int(1) }),
    'Softmax: unknown attribute, got axes, expected axis',
  ],
  ['a name that none has', 21, call('toString'), 'toString: not an operator of ONNX'],
]

describe('an operator set', () => {
  it.each(faults)('refuses %s', (_, opset, wrong, message) => {
    expect(() => checkCall(wrong, opset)).toThrow(OnnxError)
    expect(() => checkCall(wrong, opset)).toThrow(message)
  })

  it('takes what it has', () => {
    expect(() => checkCall(call('Relu', [value('int32')]), 14)).not.toThrow()
    expect(() => checkCall(call('Max', [x, x, x, x]), 13)).not.toThrow()
    expect(() => checkCall(call('Where', [value('bool'), x, x]), 13)).not.toThrow()
    expect([leastOpset('Trilu'), leastOpset('Add'), leastOpset('Nothing')]).toEqual([
      14,
      13,
      undefined,
    ])
    expect(Object.keys(operators).length).toBeGreaterThan(160)
  })

  it('is asked by the builder, for nodes whose types are given too', () => {
    const builder = new GraphBuilder(13, [])
    const input = builder.input('x', { dataType: 'float32', dims: [2, 2] })
    const trilu = { opType: 'Trilu', inputs: [input], attributes: {} }
    expect(() => builder.node('Trilu', [input])).toThrow(/^Trilu: is not in opset 13/)
    expect(() => builder.typedNodes(trilu, [input])).toThrow(/^Trilu: is not in opset 13/)
  })
})
