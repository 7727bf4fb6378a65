// Models name the operator sets that their operators come from.
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from './builder/builder.js'
import { loopGraph } from './builder/loop.js'
import { checkModel } from './check/checker.js'
import { createModel } from './model.js'
import type { Graph } from './types.js'

/** A state that an operator of this domain makes. */
function stepGraph(domain?: string): Graph {
  const builder = new GraphBuilder(17, ['next'])
  const state = builder.input('state', { dataType: 'float32', dims: [2, 3] })
  const call = { opType: 'Gelu', inputs: [state], attributes: {} }
  const [next = state] = domain
    ? builder.typedNodes({ ...call, domain }, [state])
    : [builder.node('Tanh', [state])]
  builder.output('next', next)
  return builder.build('step')
}

const looped = (step: Graph) =>
  loopGraph(step, { name: 'l', opset: 17, carried: { next: 'state' }, scanned: {}, stacked: [] })

describe('createModel', () => {
  it('names no other operator set where all are of its own', () => {
    expect(createModel(looped(stepGraph())).opsets).toEqual({ '': 17 })
  })

  it('names other operator sets, also those of sub-graphs alone', () => {
    const step = stepGraph('com.microsoft')
    const model = createModel(looped(step), { opset: 18 })
    expect(createModel(step).opsets).toEqual({ '': 17, 'com.microsoft': 1 })
    expect(model.opsets).toEqual({ '': 18, 'com.microsoft': 1 })
    expect(() => {
      checkModel(model)
    }).not.toThrow()
  })
})
