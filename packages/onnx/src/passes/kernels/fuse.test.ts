// The rules for CPU kernels work together, inside sub-graphs, and beside onnxruntime's own operators.
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../builder/builder.js'
import { attr, type Value } from '../../builder/value.js'
import { expectSame, graphOf, operators, ROUNDING, wave } from '../harness.test.js'
import { fuseKernels } from './fuse.js'

/** One step of gradient descent on the bias of a dense layer, whose rows are shaped into images. */
function step(b: GraphBuilder, x: Value): Value {
  const rows = b.node('MatMul', [x, wave(b, [8, 64], 'kernel')])
  const images = b.reshape(rows, [2, 4, 8, 64])
  const active = b.node('Softplus', [b.node('Add', [images, wave(b, [64], 'bias')])])
  const gradient = b.node('Where', [
    b.node('Greater', [images, b.scalar('float32', 0)]),
    active,
    b.node('Mul', [active, b.scalar('float32', 0.2)]),
  ])
  const next = b.node('Sub', [active, b.node('Mul', [gradient, b.scalar('float32', 0.1)])])
  return b.reduce('ReduceSum', next, [0, 1, 2])
}

/** A sum with a scaled value in the body of a Loop of two steps. */
function loop(b: GraphBuilder, x: Value): Value {
  const inner = new GraphBuilder(17, ['going', 'next'], ['x', 'y', 'Loop', 'constant'])
  inner.input('iteration', { dataType: 'int64', dims: [] })
  const condition = inner.input('condition', { dataType: 'bool', dims: [] })
  const state = inner.input('state', { dataType: 'float32', dims: x.dims })
  const scaled = inner.node('Mul', [state, inner.scalar('float32', 0.5)])
  inner.output('going', condition)
  inner.output('next', inner.node('Add', [scaled, x]))
  const inputs = [b.scalar('int64', 2), undefined, x]
  const body = attr.graph(inner.build('body'))
  return b.typedNodes({ opType: 'Loop', inputs, attributes: { body } }, [x])[0] ?? x
}

describe('fuseKernels', () => {
  it('applies all rules to a graph, and nothing to the result', async () => {
    const graph = graphOf([64, 8], step)
    const after = fuseKernels(graph)
    const names = operators(after)
    expect(names).not.toMatch(/Where|Softplus/)
    expect(names).toMatch(/MatMul.*HardSigmoid Max Mul.*FusedConv.*ReduceSum Reshape ReduceSum$/)
    await expectSame(graph, after, ROUNDING)
    expect(fuseKernels(after)).toBe(after)
  })

  it('works in the body of a Loop', async () => {
    const graph = graphOf([64, 64], loop)
    const after = fuseKernels(graph)
    const body = after.nodes[0]?.attributes['body']
    expect(body?.type === 'graph' && operators(body.value)).toContain('FusedConv')
    await expectSame(graph, after, ROUNDING)
  })
})
