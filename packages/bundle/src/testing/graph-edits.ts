// Ways in which a model of a bundle may be wrong, as edits of its graph: for tests of verification.
import {
  type Initializer,
  type Model,
  type Node,
  renameReads,
  type TensorData,
  tensorOf,
} from '@anyvae/onnx'

/** A wrong model, made of a right one. */
export type GraphEdit = (model: Model) => Model

/** What is computed between a value and its readers. */
interface Step {
  readonly opType: string
  /** All of its inputs after the value. */
  readonly operands: readonly TensorData[]
}

const scalar = (value: number) => tensorOf('float32', [], [value])

/** The node of a step, and its constants. */
function nodeOf(
  { opType, operands }: Step,
  input: string,
  output: string,
): { node: Node; constants: Initializer[] } {
  const constants = operands.map((each, i) => ({ ...each, name: `${output}_operand_${i}` }))
  const inputs = [input, ...constants.map(({ name }) => name)]
  const node = { name: `edit_${output}`, opType, inputs, outputs: [output], attributes: {} }
  return { node, constants }
}

/** Changes one output, and no other one that is computed from it. */
export function editOutput(output: string, step: Step): GraphEdit {
  return (model) => {
    const { graph } = model
    const before = `${output}_before`
    const rename = (name: string) => (name === output ? before : name)
    const nodes = graph.nodes.map((node) => ({
      ...renameReads(node, rename),
      outputs: node.outputs.map(rename),
    }))
    const { node, constants } = nodeOf(step, before, output)
    // A constant may be an output as it stands.
    const initializers = graph.initializers.map((each) => ({ ...each, name: rename(each.name) }))
    const edited = {
      ...graph,
      nodes: [...nodes, node],
      initializers: [...initializers, ...constants],
    }
    return { ...model, graph: edited }
  }
}

/** Changes the one input before anything reads it. */
export function editInput(step: Step): GraphEdit {
  return (model) => {
    const { graph } = model
    const [input] = graph.inputs
    const name = input?.name ?? ''
    const after = `${name}_after`
    const nodes = graph.nodes.map((node) =>
      renameReads(node, (read) => (read === name ? after : read)),
    )
    const edit = nodeOf(step, name, after)
    const edited = {
      ...graph,
      nodes: [edit.node, ...nodes],
      initializers: [...graph.initializers, ...edit.constants],
    }
    return { ...model, graph: edited }
  }
}

/** Multiplies by a number. */
export const scaled = (factor: number): Step => ({ opType: 'Mul', operands: [scalar(factor)] })

/** Adds a number. */
export const shifted = (by: number): Step => ({ opType: 'Add', operands: [scalar(by)] })

/** Takes an axis in the opposite order: 0 is the batch, 1 the channels of an image. */
export const reversed = (axis: number): Step => ({
  opType: 'Slice',
  // From the last to before the first, whatever the length.
  operands: [-1, -(2 ** 31), axis, -1].map((value) => tensorOf('int64', [1], [value])),
})

/** Sets one of some latents, [batch, size], to 0. */
export const withoutLatent = (index: number, size: number): Step => {
  const mask = Array.from({ length: size }, (_, i) => (i === index ? 0 : 1))
  return { opType: 'Mul', operands: [tensorOf('float32', [1, size], mask)] }
}
