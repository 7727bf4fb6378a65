// The encoder and the decoder of a trained network as ONNX models.
import { traceGraph } from '@anyvae/exporter'
import {
  checkModel,
  createModel,
  type Graph,
  identifier,
  type Model,
  optimizeGraph,
} from '@anyvae/onnx'
import type { Network, ParameterValues, Tensors } from '@anyvae/trainer'
import { decoderOutputNames, decoderOutputs, encoderOutputs, type Named } from './networks.js'

/** How many nodes a graph had as it was traced, and has after the passes. */
export interface NodeCounts {
  readonly before: number
  readonly after: number
}

export interface GraphOptions {
  readonly opset: number
  /** Told of each graph. */
  readonly onGraph?: ((name: Part['name'], nodes: NodeCounts) => void) | undefined
  readonly producerVersion: string
  readonly metadata: Readonly<Record<string, string>>
}

/** Traces encoder and decoder of a network with its weights. */
export function vaeModels(
  network: Network,
  parameters: ParameterValues,
  options: GraphOptions,
): { encoder: Model; decoder: Model } {
  const { image, latent } = network.config
  const trace = (part: Part) => traced(network, parameters, { ...options, part })
  const encoder = trace({
    name: 'encoder',
    doc: 'Encodes images to the mean and the log-variance of the posterior q(z given x) of each latent.',
    input: 'image',
    dims: ['batch', image.channels, image.height, image.width],
    outputs: ['mean', 'log_variance'],
    compute: encoderOutputs,
  })
  const decoder = trace({
    name: 'decoder',
    doc: 'Decodes latents to the mean of p(x given z), range 0 to 1, and the parameters of that likelihood.',
    input: 'latent',
    dims: ['batch', latent],
    outputs: decoderOutputNames(network),
    compute: decoderOutputs,
  })
  return { encoder: modelOf(encoder, options), decoder: modelOf(decoder, options) }
}

interface Part {
  readonly name: 'encoder' | 'decoder'
  readonly doc: string
  readonly input: string
  readonly dims: readonly (number | string)[]
  readonly outputs: readonly string[]
  readonly compute: (network: Network, parameters: Tensors, input: Named[string]) => Named
}

function traced(
  network: Network,
  parameters: ParameterValues,
  { part, opset, onGraph }: GraphOptions & { part: Part },
): Graph {
  const graph = traceGraph(
    (inputs, weights) => {
      const input = inputs[part.input]
      const named = network.parameters.map(({ name }) => [name, weights[identifier(name)]] as const)
      return input ? part.compute(network, Object.fromEntries(named) as Tensors, input) : {}
    },
    {
      name: part.name,
      doc: part.doc,
      opset,
      inputs: { [part.input]: { dims: part.dims } },
      outputs: part.outputs,
      parameters: Object.fromEntries(
        network.parameters.map(({ name, shape }) => [
          identifier(name),
          { dims: shape, values: parameters[name] ?? [] },
        ]),
      ),
    },
  )
  const optimized = optimizeGraph(graph)
  onGraph?.(part.name, { before: graph.nodes.length, after: optimized.nodes.length })
  return optimized
}

function modelOf(graph: Graph, { opset, producerVersion, metadata }: GraphOptions): Model {
  const model = createModel(graph, {
    opset,
    producerVersion,
    metadata,
    ...(graph.doc === undefined ? {} : { doc: graph.doc }),
  })
  checkModel(model)
  return model
}
