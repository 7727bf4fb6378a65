// Makes a graph fail at sizes that it was not traced for, where it would give wrong values unseen.
import { attr, type Graph, type Node, renameReads, tensorOf, type ValueInfo } from '@anyvae/onnx'
import type { Sizes } from './affine.js'
import type { SizeNodes, Sources } from './sizes.js'

interface Guard {
  readonly sizes: SizeNodes
  readonly sources: Sources
  readonly multiples: Sizes
}

/**
 * The nodes of a graph, reading each input whose sizes are multiples of something through a Reshape
 * to the multiples that its sizes hold: at any other size the numbers of elements differ, and the
 * runtime refuses the Reshape.
 */
export function guarded(graph: Graph, { sizes, sources, multiples }: Guard): readonly Node[] {
  const renamed = new Map<string, string>()
  for (const input of graph.inputs) {
    const { name, dims = [] } = input
    const steps = dims.map((dim, axis) => {
      const first = typeof dim === 'string' ? sources[dim] : undefined
      const own = first?.input === name && first.axis === axis
      return own && typeof dim === 'string' ? (multiples[dim] ?? 1) : 1
    })
    if (steps.some((step) => step > 1)) {
      const parts = dims.map((dim, axis) =>
        (steps[axis] ?? 1) > 1 ? sizes.multiple(String(dim), steps[axis] ?? 1) : kept(sizes, name),
      )
      const known = dims.map((dim, axis) => ((steps[axis] ?? 1) > 1 ? `${dim}_in_steps` : dim))
      renamed.set(name, checked(sizes, { ...input, dims: known }, parts))
    }
  }
  return graph.nodes.map((node) => renameReads(node, (name) => renamed.get(name) ?? name))
}

/** Reshape's 0: the size as it is. */
function kept(sizes: SizeNodes, input: string): string {
  const name = sizes.take(`${input}_kept`)
  sizes.initializers.push({ name, ...tensorOf('int64', [1], [0]) })
  return name
}

/** Its sizes have names of their own: under the same ones it would pass for a Reshape to nothing new. */
function checked(
  sizes: SizeNodes,
  { name, dims = [], dataType }: ValueInfo,
  parts: readonly string[],
): string {
  const shape = sizes.take(`${name}_multiples`)
  const attributes = { axis: attr.int(0) }
  sizes.write({ opType: 'Concat', inputs: parts, attributes }, shape, [parts.length])
  const reshape = { opType: 'Reshape', inputs: [name, shape], attributes: {} }
  return sizes.write(reshape, sizes.take(`${name}_checked`), dims, dataType)
}
