// Attributes that must be written out, since readers disagree about what is left to a default.
import { OnnxError } from '../error.js'
import type { Node } from '../types.js'

/** Lists that an operator must carry, each with its length for n spatial dimensions. */
const requiredLists: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Conv: { pads: 2, strides: 1, dilations: 1 },
  ConvTranspose: { pads: 2, strides: 1, dilations: 1, output_padding: 1 },
  AveragePool: { pads: 2, strides: 1 },
  MaxPool: { pads: 2, strides: 1 },
}

/** Throws OnnxError where a node leaves padding to a mode, or a window's geometry to a default. */
export function checkAttributes(node: Node, what: string): void {
  if (node.attributes['auto_pad'] !== undefined) {
    throw new OnnxError(`${what}: padding by a mode, got auto_pad, expected pads`)
  }
  const lists = node.domain ? undefined : requiredLists[node.opType]
  if (lists === undefined) return
  const spatial = listLength(node, 'kernel_shape', what)
  for (const [name, factor] of Object.entries(lists)) {
    const got = listLength(node, name, what)
    if (got !== factor * spatial) {
      throw new OnnxError(
        `${what}: wrong length of ${name}, got ${got}, expected ${factor * spatial}`,
      )
    }
  }
}

function listLength(node: Node, name: string, what: string): number {
  const attribute = node.attributes[name]
  if (attribute?.type === 'ints') return attribute.value.length
  const got = attribute === undefined ? 'none' : attribute.type
  throw new OnnxError(`${what}: attribute ${name} is missing, got ${got}, expected ints`)
}
