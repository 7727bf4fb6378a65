// Which inputs of a graph choose rows of tables, such as words of an embedding, and of how many.
import type { Graph } from '@anyvae/onnx'

/** Operators that give what they are given, in another type, shape or order, or within bounds. */
const CARRIERS = new Set(
  'Cast Clip Flatten Floor Identity Max Min Mod Reshape Round Slice Squeeze Transpose Unsqueeze Where'.split(
    ' ',
  ),
)

/** By input: the rows of the smallest table that it chooses from. */
export function tableSizes({ inputs, nodes, initializers }: Graph): Map<string, number> {
  const tables = new Map(initializers.map(({ name, dims }) => [name, dims]))
  const sources = new Map(inputs.map(({ name }) => [name, name]))
  const sizes = new Map<string, number>()
  for (const { opType, inputs: read, outputs, attributes } of nodes) {
    if (CARRIERS.has(opType)) {
      const source = read.map((name) => sources.get(name)).find((each) => each !== undefined)
      if (source !== undefined) outputs.forEach((output) => sources.set(output, source))
    }
    const [table = '', places = ''] = read
    const source = sources.get(places)
    const { axis } = attributes
    const size = tables.get(table)?.at(axis?.type === 'int' ? axis.value : 0)
    if (opType === 'Gather' && source !== undefined && size !== undefined) {
      sizes.set(source, Math.min(size, sizes.get(source) ?? Infinity))
    }
  }
  return sizes
}
