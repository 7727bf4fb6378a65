// Each pass does what it says, and onnxruntime computes the same values before and after.
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../builder/builder.js'
import { tensorOf } from '../builder/tensor.js'
import { attr, type Value } from '../builder/value.js'
import { printGraph } from '../printer.js'
import type { Graph, ValueInfo } from '../types.js'
import { removeDeadNodes, removeUnusedInitializers } from './dead.js'
import { foldConstants } from './fold.js'
import { expectSame, graphOf } from './harness.test.js'
import { mergeInitializers } from './initializers.js'
import { optimizeGraph } from './optimize.js'
import { mergeReshapes } from './reshapes.js'
import { eliminateCommonSubexpressions } from './subexpressions.js'
import { pushTransposes } from './transposes.js'

const toChannelsLast = [0, 2, 3, 1]
const toChannelsFirst = [0, 3, 1, 2]

const operators = (graph: Graph) => graph.nodes.map((node) => node.opType)

function conv(b: GraphBuilder, x: Value, channels: number): Value {
  const kernel = Float32Array.from({ length: channels * channels }, (_, i) => Math.cos(i))
  const w = b.initializer('kernel', tensorOf('float32', [channels, channels, 1, 1], kernel))
  return b.node('Conv', [x, w], {
    kernel_shape: attr.ints([1, 1]),
    pads: attr.ints([0, 0, 0, 0]),
    strides: attr.ints([1, 1]),
    dilations: attr.ints([1, 1]),
    group: attr.int(1),
  })
}

/** A channels-last layer around a channels-first convolution, as frameworks write it. */
function layer(b: GraphBuilder, x: Value): Value {
  const y = b.transpose(conv(b, b.transpose(x, toChannelsFirst), 3), toChannelsLast)
  const bias = b.initializer('bias', tensorOf('float32', [3], [0.1, -0.2, 0.3]))
  return b.node('LeakyRelu', [b.node('Add', [y, bias])], { alpha: attr.float(0.1) })
}

/** x doubled `trips` times, in a body with everything that the passes look for. */
function loop(b: GraphBuilder, x: Value): Value {
  const inner = new GraphBuilder(
    17,
    ['going', 'next'],
    ['x', 'y', 'Loop', 'constant', 'constant_1'],
  )
  inner.input('iteration', { dataType: 'int64', dims: [] })
  const condition = inner.input('condition', { dataType: 'bool', dims: [] })
  const state = inner.input('state', { dataType: 'float32', dims: x.dims })
  const there = inner.node('Neg', [inner.transpose(state, [1, 0])])
  inner.node('Exp', [state])
  const back = inner.transpose(there, [1, 0])
  const twice = inner.node('Add', [inner.node('Neg', [back]), inner.node('Neg', [back])])
  inner.output('going', condition)
  inner.output('next', inner.node('Add', [twice, x]))
  const inputs = [b.scalar('int64', 3), undefined, x]
  const body = attr.graph(inner.build('body'))
  const [y] = b.typedNodes({ opType: 'Loop', inputs, attributes: { body } }, [x])
  return y ?? x
}

interface Case {
  readonly title: string
  readonly pass: (graph: Graph) => Graph
  readonly graph: Graph
  readonly left: readonly string[]
}

const cases: readonly Case[] = [
  {
    title: 'removeDeadNodes drops chains that nothing reads',
    pass: removeDeadNodes,
    graph: graphOf([2, 3], (b, x) => {
      b.node('Exp', [b.node('Neg', [x])])
      return b.node('Abs', [x])
    }),
    left: ['Abs'],
  },
  {
    title: 'eliminateCommonSubexpressions keeps the first of equal nodes',
    pass: eliminateCommonSubexpressions,
    graph: graphOf([2, 3], (b, x) => {
      const [one, other] = [b.node('Exp', [x]), b.node('Exp', [x])]
      return b.node('Add', [b.node('Neg', [one]), b.node('Neg', [other])])
    }),
    left: ['Exp', 'Neg', 'Add'],
  },
  {
    title: 'eliminateCommonSubexpressions tells attributes apart',
    pass: eliminateCommonSubexpressions,
    graph: graphOf([2, 3], (b, x) => {
      const leak = (alpha: number) => b.node('LeakyRelu', [x], { alpha: attr.float(alpha) })
      return b.node('Add', [leak(0.1), leak(-0.1)])
    }),
    left: ['LeakyRelu', 'LeakyRelu', 'Add'],
  },
  {
    title: 'foldConstants removes Identity, also before an output',
    pass: foldConstants,
    graph: graphOf([2, 3], (b, x) => {
      const same = b.node('Identity', [b.node('Identity', [x])])
      return b.node('Identity', [b.node('Neg', [same])])
    }),
    left: ['Neg'],
  },
  {
    title: 'foldConstants keeps an Identity from input to output',
    pass: foldConstants,
    graph: graphOf([2, 3], (b, x) => b.node('Identity', [x])),
    left: ['Identity'],
  },
  {
    title: 'foldConstants removes Casts to the same type only',
    pass: foldConstants,
    graph: graphOf([2, 3], (b, x) => {
      const cast = (value: Value, to: number) => b.node('Cast', [value], { to: attr.int(to) })
      return cast(cast(cast(x, 1), 6), 1)
    }),
    left: ['Cast', 'Cast'],
  },
  {
    title: 'mergeReshapes joins Reshapes',
    pass: mergeReshapes,
    graph: graphOf([2, 6], (b, x) => b.reshape(b.reshape(b.reshape(x, [3, 4]), [12]), [4, 3])),
    left: ['Reshape'],
  },
  {
    title: 'mergeReshapes removes Reshapes that end where they began',
    pass: mergeReshapes,
    graph: graphOf([2, 6], (b, x) => b.node('Neg', [b.reshape(b.reshape(x, [12]), [2, 6])])),
    left: ['Neg'],
  },
  {
    title: 'foldConstants keeps a Reshape that takes a size from another',
    pass: (graph) => removeDeadNodes(foldConstants(graph)),
    graph: graphOf([2, 6], (b, x) => {
      const inputs = [b.reshape(x, [3, 4]), b.list([0, 2, 2])]
      const dims = [3, 2, 2]
      return b.typedNodes({ opType: 'Reshape', inputs, attributes: {} }, [{ ...x, dims }])[0] ?? x
    }),
    left: ['Reshape', 'Reshape'],
  },
  {
    title: 'foldConstants joins Transposes',
    pass: (graph) => removeDeadNodes(foldConstants(graph)),
    graph: graphOf([2, 3, 4], (b, x) => b.transpose(b.transpose(x, [1, 2, 0]), [0, 2, 1])),
    left: ['Transpose'],
  },
  {
    title: 'foldConstants cancels Transposes',
    pass: (graph) => removeDeadNodes(foldConstants(graph)),
    graph: graphOf([2, 3, 4], (b, x) =>
      b.node('Neg', [b.transpose(b.transpose(x, [1, 2, 0]), [2, 0, 1])]),
    ),
    left: ['Neg'],
  },
  {
    title: 'foldConstants sees that axes of size 1 move no element',
    pass: (graph) => removeDeadNodes(foldConstants(graph)),
    graph: graphOf([2, 1, 3, 4], (b, x) => {
      const last = b.transpose(b.reshape(x, [2, 3, 4, 1]), toChannelsFirst)
      const flat = b.reshape(b.transpose(b.node('Neg', [last]), toChannelsLast), [24])
      return b.node('Exp', [flat])
    }),
    left: ['Neg', 'Reshape', 'Exp'],
  },
  {
    title: 'foldConstants keeps a Transpose that moves elements before a Reshape',
    pass: foldConstants,
    graph: graphOf([2, 1, 3], (b, x) => b.reshape(b.transpose(x, [2, 1, 0]), [6])),
    left: ['Transpose', 'Reshape'],
  },
  {
    title: 'foldConstants rearranges initializers beforehand',
    pass: foldConstants,
    graph: graphOf([2, 3], (b, x) => {
      const w = b.initializer('w', tensorOf('float32', [3, 1, 2], [1, 2, 3, 4, 5, 6]))
      return b.node('Add', [x, b.reshape(b.transpose(w, [1, 2, 0]), [2, 3])])
    }),
    left: ['Add'],
  },
  {
    title: 'pushTransposes cancels the pairs between layers',
    pass: pushTransposes,
    graph: graphOf([2, 4, 4, 3], (b, x) => layer(b, layer(b, layer(b, x)))),
    left: ['Transpose', ...[1, 2, 3].flatMap(() => ['Conv', 'Add', 'LeakyRelu']), 'Transpose'],
  },
  {
    title: 'pushTransposes moves one that two nodes read where both then cancel',
    pass: pushTransposes,
    graph: graphOf([2, 3, 4, 4], (b, x) => {
      const y = b.transpose(conv(b, x, 3), toChannelsLast)
      const gate = b.node('Sigmoid', [y])
      return b.transpose(b.node('Mul', [y, gate]), toChannelsFirst)
    }),
    left: ['Conv', 'Sigmoid', 'Mul'],
  },
  {
    title: 'pushTransposes leaves one that two nodes read where nothing cancels',
    pass: pushTransposes,
    graph: graphOf([2, 3, 4, 4], (b, x) => {
      const y = b.transpose(x, toChannelsLast)
      const [a, c] = [b.node('Exp', [y]), b.node('Neg', [y])]
      return b.node('Add', [b.reshape(a, [96]), b.reshape(c, [96])])
    }),
    left: ['Transpose', 'Exp', 'Neg', 'Reshape', 'Reshape', 'Add'],
  },
  {
    title: 'pushTransposes reshapes a vector that is no constant',
    pass: pushTransposes,
    graph: graphOf([2, 3, 4, 4], (b, x) => {
      const bias = b.input('bias', { dataType: 'float32', dims: [3] })
      const y = b.node('Add', [b.transpose(x, toChannelsLast), bias])
      return b.transpose(y, toChannelsFirst)
    }),
    left: ['Reshape', 'Add'],
  },
  {
    title: 'pushTransposes stops at an operand that would enlarge the result',
    pass: pushTransposes,
    graph: graphOf([2, 1, 4], (b, x) => {
      const wide = b.initializer('wide', tensorOf('float32', [3], [1, 2, 3]))
      return b.node('Add', [b.transpose(x, [0, 2, 1]), wide])
    }),
    left: ['Transpose', 'Add'],
  },
  {
    title: 'optimizeGraph works inside a Loop',
    pass: optimizeGraph,
    graph: graphOf([2, 3], loop),
    left: ['Loop'],
  },
]

describe('passes', () => {
  it.each(cases)('$title', async ({ pass, graph, left }) => {
    const after = pass(graph)
    expect(operators(after), printGraph(after)).toEqual(left)
    await expectSame(graph, after)
  })

  it('optimizeGraph leaves little of a body', () => {
    const [node] = optimizeGraph(graphOf([2, 3], loop)).nodes
    const body = node?.attributes['body']
    const left = body?.type === 'graph' ? operators(body.value) : []
    expect(left).toEqual(['Add', 'Identity', 'Add'])
  })

  it('removeUnusedInitializers keeps what a body reads', async () => {
    const graph = graphOf([2, 3], loop)
    const spare = { name: 'spare', ...tensorOf('float32', [1], [1]) }
    const after = removeUnusedInitializers({
      ...graph,
      initializers: [...graph.initializers, spare],
    })
    expect(after).toEqual(graph)
    await expectSame(graph, after)
  })

  it('mergeInitializers keeps one of equal bytes', async () => {
    const graph = graphOf([2], (b, x) => {
      const add = (sum: Value, value: number) => b.node('Add', [sum, b.scalar('float32', value)])
      return [1, 2, 1, 0, -0].reduce(add, x)
    })
    const after = mergeInitializers(graph)
    expect(after.initializers).toHaveLength(4)
    await expectSame(graph, after)
  })

  it('two outputs of one expression stay two outputs', async () => {
    const builder = new GraphBuilder(17, ['a', 'b', 'c'])
    const x = builder.input('x', { dataType: 'float32', dims: [2] })
    for (const name of ['a', 'b']) builder.output(name, builder.node('Exp', [x]))
    builder.output('c', x)
    const graph = builder.build('g')
    const after = optimizeGraph(graph)
    expect(operators(after)).toEqual(['Exp', 'Identity', 'Identity'])
    await expectSame(graph, after)
  })

  it('symbolic sizes stay as they are', async () => {
    const graph = graphOf([2, 4, 4, 3], layer)
    const symbolic = <T extends ValueInfo>(value: T): T => ({
      ...value,
      dims: value.dims?.map((dim, axis) => (axis === 0 ? 'batch' : dim)),
    })
    const before: Graph = {
      ...graph,
      inputs: graph.inputs.map(symbolic),
      outputs: graph.outputs.map(symbolic),
      values: graph.values.map(symbolic),
    }
    const after = optimizeGraph(before)
    expect(after.values.every((value) => value.dims?.[0] === 'batch')).toBe(true)
    await expectSame(before, after)
  })
})
