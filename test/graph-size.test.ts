// The graphs of the default networks: no more nodes than PyTorch writes, no Transposes, hardly more bytes than weights.
import { createBundle, type NodeCounts } from '@anyvae/bundle'
import { decodeModel, type Graph } from '@anyvae/onnx'
import { createNetwork, initialParameters, type ParameterValues } from '@anyvae/trainer'
import { beforeAll, describe, expect, it } from 'vitest'

/**
 * Nodes that torch.onnx of PyTorch 2.9.1 writes for the same networks, the fewer of its two exporters'
 * (`npm run peers:nodes`). The older one (TorchScript) writes 5, 6, 7 and 8, the newer 5, 5, 7 and 7.
 */
const TORCH_NODES = {
  mlp: { encoder: 5, decoder: 5 },
  conv: { encoder: 7, decoder: 7 },
} as const

const MOST_TRANSPOSES = 1
const MOST_BYTES_OVER_WEIGHTS = 4096

const image = { channels: 1, height: 28, width: 28 }
const parts = ['encoder', 'decoder'] as const

interface Exported {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly nodes: Readonly<Record<string, NodeCounts>>
  readonly weights: Readonly<Record<string, number>>
}

async function exported(architecture: keyof typeof TORCH_NODES): Promise<Exported> {
  const network = createNetwork({ architecture, image })
  const parameters = distinct(initialParameters(network, 1))
  const nodes: Record<string, NodeCounts> = {}
  const trained = {
    network: network.config,
    parameters,
    examples: { count: 4, images: new Uint8Array(4 * 784).fill(100) },
    training: { data: 'none', command: 'npx anyvae train --data mnist --out run' },
    quality: {},
  }
  const files = await createBundle(trained, {
    name: `mnist-${architecture}`,
    license: 'MIT',
    author: 'somebody',
    onGraph: (part, counts) => {
      nodes[part] = counts
    },
  })
  const bytesOf = (part: string) =>
    network.parameters
      .filter(({ name }) => name.startsWith(`${part}/`))
      .reduce((sum, { name }) => sum + (parameters[name]?.byteLength ?? 0), 0)
  const weights = Object.fromEntries(parts.map((part) => [part, bytesOf(part)]))
  return { files, nodes, weights }
}

/** Biases begin as zeros, of which a file would hold one copy: as after training, no two are alike. */
function distinct(parameters: ParameterValues): ParameterValues {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, values], i) => [
      name,
      values.map((value, j) => value + Math.sin(i + j) / 100),
    ]),
  )
}

const transposes = (graph: Graph) =>
  graph.nodes.filter((node) => node.opType === 'Transpose').length

describe.each(['mlp', 'conv'] as const)('the files of the default %s', (architecture) => {
  let all: Exported
  beforeAll(async () => {
    all = await exported(architecture)
  })

  it.each(parts)('%s has no more nodes than PyTorch writes', (part) => {
    const { graph } = decodeModel(all.files.get(`${part}.onnx`) ?? new Uint8Array())
    const { before, after } = all.nodes[part] ?? { before: 0, after: 0 }
    console.log(`${architecture} ${part}: ${before} nodes traced, ${after} written`)
    expect(graph.nodes.length).toBe(after)
    expect(after).toBeLessThan(before)
    expect(after).toBeLessThanOrEqual(TORCH_NODES[architecture][part])
    expect(transposes(graph)).toBeLessThanOrEqual(MOST_TRANSPOSES)
  })

  it.each(parts)('%s is hardly larger than its weights', (part) => {
    const bytes = all.files.get(`${part}.onnx`)?.length ?? Infinity
    const over = bytes - (all.weights[part] ?? 0)
    expect(over).toBeGreaterThan(0)
    expect(over).toBeLessThanOrEqual(MOST_BYTES_OVER_WEIGHTS)
  })
})
