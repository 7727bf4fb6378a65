// Puts nodes that compute sizes where what they read is there.
import type { Node } from '@anyvae/onnx'

/** The nodes of a graph, in their order, with each of the others as early as its inputs allow. */
export function merged(early: readonly Node[], nodes: readonly Node[]): Node[] {
  const missing = new Set([...early, ...nodes].flatMap(({ outputs }) => outputs))
  let waiting = early
  const all: Node[] = []
  const put = (node: Node) => {
    node.outputs.forEach((output) => missing.delete(output))
    all.push(node)
  }
  const putReady = () => {
    waiting = waiting.filter((node) => {
      const ready = !node.inputs.some((input) => missing.has(input))
      if (ready) put(node)
      return !ready
    })
  }
  putReady()
  for (const node of nodes) {
    put(node)
    putReady()
  }
  return all
}
