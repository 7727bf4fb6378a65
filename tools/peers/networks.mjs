// The default networks as the export command writes them, with the figures that are compared.
import { decodeModel } from '@anyvae/onnx'
import { createBundle } from '@anyvae/bundle'
import { createNetwork, initialParameters } from '@anyvae/trainer'

const IMAGE = { channels: 1, height: 28, width: 28 }

/** For encoder and decoder of an architecture: nodes before and after, Transposes, bytes. */
export async function exported(architecture) {
  const network = createNetwork({ architecture, image: IMAGE })
  const parameters = distinct(initialParameters(network, 1))
  const nodes = {}
  const files = await createBundle(
    {
      network: network.config,
      parameters,
      examples: { count: 4, images: new Uint8Array(4 * 784).map((_, i) => i) },
      training: {},
      quality: {},
    },
    { name: architecture, onGraph: (part, counts) => (nodes[part] = counts) },
  )
  return ['encoder', 'decoder'].map((part) => {
    const bytes = files.get(`${part}.onnx`)
    const { graph } = decodeModel(bytes)
    const own = network.parameters.filter(({ name }) => name.startsWith(`${part}/`))
    const weights = own.reduce((sum, { name }) => sum + parameters[name].byteLength, 0)
    const transposes = graph.nodes.filter((node) => node.opType === 'Transpose').length
    const overhead = bytes.length - weights
    return { network: `${architecture} ${part}`, ...nodes[part], transposes, overhead }
  })
}

/** Biases begin as zeros, of which a file would hold one copy: as after training, no two are alike. */
function distinct(parameters) {
  const entries = Object.entries(parameters).map(([name, values], i) => {
    return [name, values.map((value, j) => value + Math.sin(i + j) / 100)]
  })
  return Object.fromEntries(entries)
}
