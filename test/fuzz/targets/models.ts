// Small models that the targets' seeds are: of layers, of shapes and constants, with a loop.
import {
  attr,
  createModel,
  GraphBuilder,
  loopGraph,
  tensorOf,
  type Graph,
  type Model,
  type Value,
} from '@anyvae/onnx'

const wave = (count: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) / 2)

function graphOf(dims: readonly number[], body: (builder: GraphBuilder, x: Value) => Value): Graph {
  const builder = new GraphBuilder(17, ['y'])
  const x = builder.input('x', { dataType: 'float32', dims })
  builder.output('y', body(builder, x))
  return builder.build('g')
}

/** A product, a bias, an activation, twice. */
const dense = graphOf([2, 4], (b, x) => {
  const layer = (input: Value, [rows, columns]: readonly [number, number], name: string) => {
    const weights = b.initializer(
      `${name}_weights`,
      tensorOf('float32', [rows, columns], wave(rows * columns)),
    )
    const bias = b.initializer(`${name}_bias`, tensorOf('float32', [columns], wave(columns)))
    return b.node('Relu', [b.node('Add', [b.node('MatMul', [input, weights]), bias])])
  }
  return b.node('Sigmoid', [layer(layer(x, [4, 6], 'first'), [6, 3], 'second')])
})

/** A convolution between transposes, as TensorFlow.js's layout asks for them. */
const convolution = graphOf([1, 5, 5, 2], (b, x) => {
  const kernel = b.initializer('kernel', tensorOf('float32', [3, 2, 3, 3], wave(54)))
  const moved = b.node('Transpose', [x], { perm: attr.ints([0, 3, 1, 2]) })
  const convolved = b.node('Conv', [moved, kernel], {
    kernel_shape: attr.ints([3, 3]),
    pads: attr.ints([1, 1, 1, 1]),
    strides: attr.ints([2, 2]),
    dilations: attr.ints([1, 1]),
    group: attr.int(1),
  })
  return b.node('Transpose', [b.node('Relu', [convolved])], { perm: attr.ints([0, 2, 3, 1]) })
})

/** Reshapes, constants and sums that passes fold. */
const shapes = graphOf([2, 6], (b, x) => {
  const shape = b.initializer('shape', tensorOf('int64', [3], [2, 3, 2]))
  const scale = b.initializer('scale', tensorOf('float32', [1, 1, 2], [2, 2]))
  const cube = b.node('Reshape', [x, shape])
  const scaled = b.node('Mul', [b.node('Mul', [cube, scale]), scale])
  const flat = b.initializer('flat', tensorOf('int64', [2], [2, 6]))
  return b.node('Reshape', [b.node('Identity', [scaled]), flat])
})

/** A step of two states and a number, as often as an input says. */
function loop(): Graph {
  const step = new GraphBuilder(17, ['next', 'shown'])
  const state = step.input('state', { dataType: 'float32', dims: [2, 3] })
  const rate = step.input('rate', { dataType: 'float32', dims: [] })
  const change = step.node('Mul', [state, rate])
  step.output('next', step.node('Add', [state, change]))
  step.output('shown', step.node('Exp', [change]))
  return loopGraph(step.build('step'), {
    name: 'looped',
    opset: 17,
    carried: { next: 'state' },
    scanned: { rate: { dataType: 'float32' } },
    stacked: ['shown'],
  })
}

/** A model of each kind. */
export function models(): Model[] {
  return [dense, convolution, shapes, loop()].map((graph) => createModel(graph))
}
