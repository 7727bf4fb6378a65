// The graphs of the onnx engine: the training loop, the evaluation, the encoder and the decoder.
import type * as tf from '@tensorflow/tfjs-core'
import { traceGraph } from '@anyvae/exporter'
import {
  createModel,
  encodeModel,
  fuseKernels,
  type Graph,
  type GraphBuilder,
  identifier,
  loopGraph,
  simplifyGraph,
  type Value,
} from '@anyvae/onnx'
import type { Provider } from '@anyvae/runtime'
import { tensor } from '../network/layers.js'
import type { Network, Tensors } from '../network/types.js'
import { elboTerms } from '../objective/elbo.js'
import { adam } from '../objective/adam.js'
import { lossAndGradients } from '../objective/step.js'
import { groupsOf, packTensors, unpackTensors, type Unpacking } from './packing.js'

const OPSET = 17

/** The names of a parameter's three values (or of a group's) in the graphs, and of their successors. */
export function stateNames(parameter: string) {
  const name = identifier(parameter)
  return { parameter: name, first: `first_moment_${name}`, second: `second_moment_${name}` }
}

const nextName = (name: string) => `next_${name}`

/** The losses that the training graph gives for each step. */
export const LOSSES = ['reconstruction', 'kl', 'loss'] as const

/** What a training graph is made for. */
export interface TrainingModelOptions {
  readonly batchSize: number
  /** Steps in a body of the Loop, for CPU kernels; values do not depend on it. */
  readonly bodySteps: number
  readonly provider: Provider
}

/**
 * Whether a provider computes with onnxruntime's CPU kernels, for which the training step is lowered in
 * another way: convolutions as products of gathered windows, fused kernels, and states that are
 * overwritten in place. Others get ONNX's own operators.
 */
export function hasCpuKernels(provider: Provider): boolean {
  return provider === 'cpu' || provider === 'wasm'
}

/** The successors of all states, each with the state that it is at the next step. */
export function carriedNames(network: Network): Record<string, string> {
  const names = groupsOf(network.parameters).flatMap(({ name }) => Object.values(stateNames(name)))
  return Object.fromEntries(names.map((name) => [nextName(name), name]))
}

/** One training step in one run: state, images from 0 to 1 and noise in, state and losses out. */
export function stepModel(
  network: Network,
  options: Pick<TrainingModelOptions, 'batchSize' | 'provider'>,
): Uint8Array {
  const graph = simplifyGraph(stepGraph(network, options))
  return encodeModel(createModel(graph, { opset: OPSET }))
}

/** `steps` training steps in one run: state, bytes, places and noise in, state and losses out. */
export function trainingModel(network: Network, options: TrainingModelOptions): Uint8Array {
  const cpu = hasCpuKernels(options.provider)
  const step = simplifyGraph(stepGraph(network, options))
  const graph = loopGraph(cpu ? simplifyGraph(fuseKernels(step)) : step, {
    name: 'training',
    opset: OPSET,
    unroll: cpu ? options.bodySteps : 1,
    carried: carriedNames(network),
    scanned: {
      images: { dataType: 'uint8', places: 'places', convert: scaledToOne },
      noise: { dataType: 'float32' },
      step_size: { dataType: 'float32' },
      epsilon: { dataType: 'float32' },
      beta: { dataType: 'float32' },
    },
    stacked: LOSSES,
  })
  return encodeModel(createModel(graph, { opset: OPSET }))
}

/** One traced training step at a fixed batch size. */
export function stepGraph(
  network: Network,
  { batchSize, provider }: Pick<TrainingModelOptions, 'batchSize' | 'provider'>,
): Graph {
  const { image, latent } = network.config
  const states = groupsOf(network.parameters).flatMap(({ name, shape }) =>
    Object.values(stateNames(name)).map((state) => [state, { dims: shape }] as const),
  )
  // A kernel of WebGPU takes and gives few tensors: eight on many a GPU.
  const unpacking = hasCpuKernels(provider) ? 'split' : 'slices'
  return traceGraph((inputs) => tracedStep(network, inputs, unpacking), {
    name: 'training_step',
    opset: OPSET,
    convolutions: hasCpuKernels(provider) ? 'products' : 'operators',
    inputs: {
      ...Object.fromEntries(states),
      images: { dims: [batchSize, image.channels, image.height, image.width] },
      noise: { dims: [batchSize, latent] },
      step_size: { dims: [] },
      epsilon: { dims: [] },
      beta: { dims: [] },
    },
    outputs: [...states.map(([name]) => nextName(name)), ...LOSSES],
  })
}

function tracedStep(network: Network, inputs: Tensors, unpacking: Unpacking): Tensors {
  const groups = groupsOf(network.parameters)
  const state = (kind: 'parameter' | 'first' | 'second') =>
    Object.fromEntries(
      groups.map(({ name }) => [name, tensor(inputs, stateNames(name)[kind])] as const),
    )
  const parameters = state('parameter')
  const unpacked = unpackTensors(groups, parameters, unpacking)
  const { gradients, ...losses } = lossAndGradients(network, unpacked, {
    images: tensor(inputs, 'images') as tf.Tensor4D,
    noise: tensor(inputs, 'noise') as tf.Tensor2D,
    beta: tensor(inputs, 'beta') as tf.Scalar,
  })
  const next = adam(
    { parameters, firstMoments: state('first'), secondMoments: state('second') },
    packTensors(groups, gradients),
    {
      stepSize: tensor(inputs, 'step_size') as tf.Scalar,
      epsilon: tensor(inputs, 'epsilon') as tf.Scalar,
    },
  )
  const outputs = groups.flatMap(({ name }) => {
    const names = stateNames(name)
    return [
      [nextName(names.parameter), tensor(next.parameters, name)],
      [nextName(names.first), tensor(next.firstMoments, name)],
      [nextName(names.second), tensor(next.secondMoments, name)],
    ] as const
  })
  return { ...Object.fromEntries(outputs), ...losses }
}

/** Bytes 0 to 255 as float32 0 to 1. */
function scaledToOne(builder: GraphBuilder, bytes: Value): Value {
  return builder.node('DequantizeLinear', [bytes, builder.scalar('float32', 1 / 255)])
}

/** Images and noise in, the terms of each image's negative ELBO and the posterior means out. */
export function evaluationModel(network: Network): Uint8Array {
  const { channels, height, width } = network.config.image
  return inferenceModel(network, {
    name: 'evaluation',
    inputs: {
      images: { dims: ['batch', channels, height, width] },
      noise: { dims: ['batch', network.config.latent] },
    },
    outputs: ['reconstruction', 'kl', 'mean'],
    compute: (inputs, parameters) => {
      const images = tensor(inputs, 'images') as tf.Tensor4D
      const noise = tensor(inputs, 'noise') as tf.Tensor2D
      const { reconstruction, kl, mean } = elboTerms(network, parameters, { images, noise })
      return { reconstruction, kl, mean }
    },
  })
}

/** Latents in, the mean images out. */
export function decodingModel(network: Network): Uint8Array {
  return inferenceModel(network, {
    name: 'decoding',
    inputs: { latent: { dims: ['batch', network.config.latent] } },
    outputs: ['image'],
    compute: (inputs, parameters) => ({
      image: network.decode(parameters, tensor(inputs, 'latent') as tf.Tensor2D).image,
    }),
  })
}

interface Inference {
  readonly name: string
  readonly inputs: Readonly<Record<string, { readonly dims: readonly (number | string)[] }>>
  readonly outputs: readonly string[]
  readonly compute: (inputs: Tensors, parameters: Tensors) => Tensors
}

/** A model whose parameters are inputs, since they change while it is in use. */
function inferenceModel(network: Network, inference: Inference): Uint8Array {
  const specs = network.parameters.map(
    ({ name, shape }) => [stateNames(name).parameter, { dims: shape }] as const,
  )
  const parametersOf = (inputs: Tensors) =>
    Object.fromEntries(
      network.parameters.map(({ name }) => [name, tensor(inputs, stateNames(name).parameter)]),
    )
  const graph = traceGraph((inputs) => inference.compute(inputs, parametersOf(inputs)), {
    name: inference.name,
    opset: OPSET,
    inputs: { ...Object.fromEntries(specs), ...inference.inputs },
    outputs: inference.outputs,
  })
  return encodeModel(createModel(graph, { opset: OPSET }))
}
