// The rules for result types on the table of calls, which `npm run test:onnx` also shows to ONNX's own.
import { describe, expect, it } from 'vitest'
import { expectedTypes, graphOfCall } from '../testing/calls/call.js'
import { calls } from '../testing/calls/index.js'
import { inferences } from './inference/index.js'
import { formsOf, operators } from './operators/check.js'

const titles = calls.map((call) => {
  const inputs = call.inputs.map((input) => (input ? `[${input.dims.join()}]` : '-')).join(' ')
  return [call.opType, inputs, call] as const
})

/** Their shapes depend on values. */
const UNKNOWN = ['Compress', 'NonMaxSuppression', 'NonZero', 'Unique']
/** They hold graphs, whose outputs are theirs. */
const CONTROL = ['If', 'Loop', 'Scan']

describe('result types', () => {
  it.each(titles)('%s of %s', (_, __, call) => {
    const [first, last] = call.opsets ?? [13, 21]
    for (const opset of new Set([first, last])) {
      const { outputs } = graphOfCall(call, opset)
      expect(outputs.map(({ dataType, dims }) => ({ dataType, dims }))).toEqual(expectedTypes(call))
    }
  })

  it('are known for every operator, and each is called', () => {
    const called = new Set(calls.map((call) => call.opType))
    const ruled = Object.keys(operators).filter((each) => !CONTROL.includes(each))
    expect(Object.keys(inferences).sort()).toEqual(ruled.sort())
    const rest = ruled.filter((each) => !called.has(each) && !UNKNOWN.includes(each))
    expect(rest).toEqual(['BlackmanWindow', 'HammingWindow'])
  })

  it('are refused below the opset that brought an operator or a form', () => {
    for (const call of calls) {
      const since = call.opsets?.[0] ?? 13
      const oldest = formsOf(call.opType)[0]?.since ?? 0
      if (since > 13) {
        expect(() => graphOfCall(call, since - 1)).toThrow(/is not in opset|missing/)
      }
      expect(oldest).toBeLessThanOrEqual(since)
    }
  })
})
