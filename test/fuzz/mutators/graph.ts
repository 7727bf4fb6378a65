// Mutations of models as data: operators, attributes, wiring and shapes, so that the file stays a model.
import {
  decodeModel,
  encodeModel,
  numbersOf,
  tensorOf,
  type Attribute,
  type Graph,
  type Node,
} from '@anyvae/onnx'
import type { Random } from '../random.js'
import type { Mutator } from '../target.js'
import { mutateProtobuf } from './protobuf.js'

const UNARY = [
  'Relu',
  'Neg',
  'Identity',
  'Abs',
  'Exp',
  'Sigmoid',
  'Tanh',
  'Softmax',
  'Flatten',
  'Floor',
  'Sqrt',
] as const
const BINARY = ['Add', 'Sub', 'Mul', 'Div', 'MatMul', 'Pow', 'Max', 'Min'] as const
const NUMBERS = [0, 1, 2, 3, -1, -2, 5, 100, 0.5, -0.5, 1e-8, 1e30, -1e30] as const

const changeNode = (graph: Graph, at: number, by: (node: Node) => Node): Graph => ({
  ...graph,
  nodes: graph.nodes.map((node, i) => (i === at ? by(node) : node)),
})

/** All values that a node at a place may read. */
function readable(graph: Graph, at: number): string[] {
  return [
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.slice(0, at).flatMap(({ outputs }) => outputs),
  ]
}

function changeAttribute(attribute: Attribute, random: Random): Attribute {
  const number = Math.trunc(random.pick(NUMBERS))
  switch (attribute.type) {
    case 'int':
      return { type: 'int', value: number }
    case 'ints':
      return {
        type: 'ints',
        value: attribute.value.map((value) => (random.chance(0.5) ? number : value)),
      }
    case 'float':
      return { type: 'float', value: random.pick(NUMBERS) }
    default:
      return attribute
  }
}

type GraphMutation = (graph: Graph, at: number, random: Random) => Graph

const mutations: readonly GraphMutation[] = [
  (graph, at, random) =>
    changeNode(graph, at, (node) => {
      const opType = random.pick(node.inputs.length === 1 ? UNARY : BINARY)
      return { ...node, opType, attributes: random.chance(0.5) ? node.attributes : {} }
    }),
  (graph, at, random) =>
    changeNode(graph, at, (node) => {
      const input = random.below(node.inputs.length)
      const names = readable(graph, at)
      if (names.length === 0) return node
      return {
        ...node,
        inputs: node.inputs.map((name, i) => (i === input ? random.pick(names) : name)),
      }
    }),
  (graph, at, random) =>
    changeNode(graph, at, (node) => {
      const entries = Object.entries(node.attributes)
      const changed = entries.map(
        ([name, value]) => [name, changeAttribute(value, random)] as const,
      )
      return { ...node, attributes: Object.fromEntries(changed) }
    }),
  // A node in between, behind what the node reads first.
  (graph, at, random) => {
    const node = graph.nodes[at]
    const [first, ...others] = node?.inputs ?? []
    if (node === undefined || first === undefined || first === '') return graph
    const name = `added_${graph.nodes.length}`
    const added: Node = {
      name,
      opType: random.pick(UNARY),
      inputs: [first],
      outputs: [name],
      attributes: {},
    }
    const nodes = graph.nodes.toSpliced(at, 1, added, { ...node, inputs: [name, ...others] })
    return { ...graph, nodes }
  },
  // The same computation twice, both kept by a sum.
  (graph, at) => {
    const node = graph.nodes[at]
    const [output] = node?.outputs ?? []
    if (node === undefined || output === undefined) return graph
    const [left, right] = [`left_${graph.nodes.length}`, `right_${graph.nodes.length}`]
    const sum: Node = {
      name: `sum_${left}`,
      opType: 'Add',
      inputs: [left, right],
      outputs: [output],
      attributes: {},
    }
    const twice = [left, right].map((name): Node => ({
      ...node,
      name,
      outputs: [name, ...node.outputs.slice(1).map((other) => `${other}_${name}`)],
    }))
    return node.outputs.length > 1
      ? graph
      : { ...graph, nodes: graph.nodes.toSpliced(at, 1, ...twice, sum) }
  },
  // Other weights: one value changed, or all the same.
  (graph, _, random) => {
    const chosen = random.below(graph.initializers.length)
    const initializers = graph.initializers.map((tensor, i) => {
      if (i !== chosen || tensor.dataType !== 'float32') return tensor
      const values = Array.from(numbersOf(tensor), Number)
      const at = random.below(values.length)
      const value = random.pick(NUMBERS)
      const changed = random.chance(0.3)
        ? values.map(() => value)
        : values.map((old, j) => (j === at ? value : old))
      return { name: tensor.name, ...tensorOf('float32', tensor.dims, changed) }
    })
    return { ...graph, initializers }
  },
  // A further output.
  (graph, at) => {
    const [name] = graph.nodes[at]?.outputs ?? []
    const value = graph.values.find((each) => each.name === name)
    const known = graph.outputs.some((output) => output.name === name)
    return value === undefined || known ? graph : { ...graph, outputs: [...graph.outputs, value] }
  },
]

/** Changes a model so that most results are whole ones; what is none is changed as protobuf. */
export const mutateGraph: Mutator = (input, random, seeds) => {
  try {
    const model = decodeModel(input)
    // What was said of inner values may be true no more.
    const graph = random.pick(mutations)(
      model.graph,
      random.below(model.graph.nodes.length),
      random,
    )
    return encodeModel({
      ...model,
      graph: { ...graph, values: random.chance(0.5) ? graph.values : [] },
    })
  } catch {
    return mutateProtobuf(input, random, seeds)
  }
}
