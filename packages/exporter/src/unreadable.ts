// What to tell of a function that reads the values of a tensor: which tensor, and what it depends on.
import type { Unknown } from '@anyvae/onnx'
import type { Operand } from './operand.js'

/** Whether what was found are the numbers themselves. */
export function isNumbers(found: ArrayLike<number> | Unknown): found is ArrayLike<number> {
  return 'length' in found
}

/** The message for a tensor whose values are not known; it is complex where nothing is told of it. */
export function unreadable(operand?: Operand, unknown: Unknown = {}): string {
  const name = operand && 'value' in operand ? operand.value.name : ''
  const reason = reasonOf(name, unknown)
  return `trace: the function reads the values of ${name === '' ? 'a tensor' : `tensor ${name}`}, which are not known while it is traced${reason === '' ? '' : ` (${reason})`}; expected tensor operations alone (use tf.where in place of an if on values, and what waits for nothing, such as tf.image.nonMaxSuppression in place of its Async form)`
}

function reasonOf(name: string, { input, node }: Unknown): string {
  if (input === name) return 'it is an input'
  if (input !== undefined) return `it depends on the values of ${input}`
  if (node === undefined) return ''
  return node.outputs.includes(name)
    ? `operator ${node.opType} is computed in the graph alone`
    : `it depends on node ${node.name}, whose operator ${node.opType} is computed in the graph alone`
}
