// Test vectors: inputs, and what TensorFlow.js makes of them, in the ONNX backend test format.
import * as tf from '@tensorflow/tfjs-core'
import { decodeTensor, encodeTensor, numbersOf, tensorOf } from '@anyvae/onnx'
import { unitPixels } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import { createNetwork } from '@anyvae/trainer'
import { BundleError } from './error.js'
import { type Array32, computeReference, decoderOutputs, encoderOutputs } from './networks.js'
import type { Trained } from './trained.js'

/**
 * How many images and latents the vectors hold: enough that rows in another order are noticed, and that
 * the rounding of int8 in few latents averages out.
 */
const COUNT = 8

/** The inputs and outputs of one model file, by name. */
export interface Vectors {
  readonly inputs: Readonly<Record<string, Array32>>
  readonly outputs: Readonly<Record<string, Array32>>
}

export type Part = 'encoder' | 'decoder'

/** Vectors of real images for the encoder and of standard normal latents for the decoder. */
export async function makeVectors(trained: Trained): Promise<Record<Part, Vectors>> {
  const network = createNetwork(trained.network)
  const image = exampleImages(trained)
  const { latent: size } = trained.network
  const latent = {
    dims: [COUNT, size],
    values: randomStream(0, 'vectors').normals(COUNT * size),
  }
  const encoder = await computeReference(network, trained.parameters, (parameters) =>
    encoderOutputs(network, parameters, tensorFrom(image)),
  )
  const decoder = await computeReference(network, trained.parameters, (parameters) =>
    decoderOutputs(network, parameters, tensorFrom(latent)),
  )
  return {
    encoder: { inputs: { image }, outputs: encoder },
    decoder: { inputs: { latent }, outputs: decoder },
  }
}

/** The first examples; where there are too few, also these upside down as negatives, which no data set has. */
function exampleImages({ examples, network }: Trained): Array32 {
  const { channels, height, width } = network.image
  const size = channels * height * width
  const bytes = new Uint8Array(COUNT * size)
  for (let i = 0; i < COUNT; i++) {
    const first = (i % examples.count) * size
    const image = examples.images.subarray(first, first + size)
    bytes.set(i < examples.count ? image : image.map((value) => 255 - value).reverse(), i * size)
  }
  return { dims: [COUNT, channels, height, width], values: unitPixels(bytes) }
}

function tensorFrom({ dims, values }: Array32): tf.Tensor {
  return tf.tensor(values, [...dims], 'float32')
}

const folderOf = (part: Part) => `vectors/${part}/test_data_set_0`

/** Where the vectors of a half stand, in the order of the graph's inputs and outputs. */
export function vectorPaths(part: Part, count: { inputs: number; outputs: number }): string[] {
  const paths = (kind: string, number: number) =>
    Array.from({ length: number }, (_, i) => `${folderOf(part)}/${kind}_${i}.pb`)
  return [...paths('input', count.inputs), ...paths('output', count.outputs)]
}

/** The vectors as files of serialised TensorProto: input_N.pb and output_N.pb in the graph's order. */
export function encodeVectors(part: Part, vectors: Vectors): [path: string, bytes: Uint8Array][] {
  const files = (kind: 'input' | 'output', tensors: Vectors['inputs']) =>
    Object.entries(tensors).map(([name, { dims, values }], i): [string, Uint8Array] => [
      `${folderOf(part)}/${kind}_${i}.pb`,
      encodeTensor({ name, ...tensorOf('float32', dims, values) }),
    ])
  return [...files('input', vectors.inputs), ...files('output', vectors.outputs)]
}

/** Reads a bundle's vectors back: the encoder's one input and its outputs, or the decoder's. */
export async function readVectors(
  read: (path: string) => Promise<Uint8Array>,
  part: Part,
  outputs: number,
): Promise<Vectors> {
  const tensor = async (file: string) => {
    const path = `${folderOf(part)}/${file}`
    const { name, ...data } = decodeVector(path, await read(path))
    return [name, { dims: data.dims, values: Float32Array.from(numbersOf(data)) }] as const
  }
  const input = await tensor('input_0.pb')
  const results = await Promise.all(
    Array.from({ length: outputs }, (_, i) => tensor(`output_${i}.pb`)),
  )
  return { inputs: Object.fromEntries([input]), outputs: Object.fromEntries(results) }
}

/** A float32 tensor; it has as many values as its dimensions say, or is refused as damaged. */
function decodeVector(path: string, bytes: Uint8Array) {
  const tensor = decoded(path, bytes)
  if (tensor.dataType === 'float32') return tensor
  throw new BundleError(`${path}: of another type, got ${tensor.dataType}, expected float32`)
}

function decoded(path: string, bytes: Uint8Array) {
  try {
    return decodeTensor(bytes)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new BundleError(`${path}: ${reason}`, { cause })
  }
}
