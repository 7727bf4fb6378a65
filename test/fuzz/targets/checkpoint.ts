// Safetensors files, and the checkpoints in them.
import {
  createNetwork,
  decodeCheckpoint,
  decodeSafetensors,
  encodeCheckpoint,
  encodeSafetensors,
  initialParameters,
  parseTrainConfig,
  TrainError,
  zeroMoments,
  type Checkpoint,
} from '@anyvae/trainer'
import { mutateSafetensors } from '../mutators/safetensors.js'
import { ensure, type Target } from '../target.js'

/** The configuration of a run of two epochs over images of 3 x 2 pixels. */
export const trainConfig = parseTrainConfig({
  network: { image: { channels: 1, height: 3, width: 2 }, latent: 2, hidden: [3] },
  epochs: 2,
  batchSize: 2,
})

/** A record of the second epoch, as the log has it. */
export const record = {
  epoch: 2,
  step: 4,
  learningRate: 0,
  beta: 1,
  train: { loss: 4.2, reconstruction: 4, kl: 0.2 },
  test: {
    negativeElbo: 4.1,
    reconstruction: 4,
    kl: 0.1,
    activeUnits: 1,
    images: 4,
    samples: 1,
    seed: 0,
  },
} as const

/** A checkpoint of that run. */
export function checkpointSeed(): Checkpoint {
  const network = createNetwork(trainConfig.network)
  return {
    config: trainConfig,
    epoch: 2,
    state: {
      step: 4,
      parameters: initialParameters(network, 1),
      firstMoments: zeroMoments(network),
      secondMoments: zeroMoments(network),
    },
    record,
    examples: { count: 2, images: Uint8Array.from({ length: 12 }, (_, i) => i * 20) },
    computedWith: { engine: 'onnx', provider: 'cpu', threads: 1, versions: { anyvae: '0.1.0' } },
  }
}

/** Safetensors: tensors of the sizes that they declare, the same once written and read again. */
export const safetensors: Target = {
  seeds: () => [
    encodeSafetensors({
      tensors: {
        weights: { dtype: 'F32', shape: [2, 2], data: Float32Array.of(0, 1, 2, 3) },
        bytes: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) },
      },
      metadata: { format: 'x', note: '{"a": 1}' },
    }),
  ],
  mutate: mutateSafetensors,
  errors: [TrainError],
  parse(input) {
    const read = decodeSafetensors(input)
    for (const [name, { shape, data }] of Object.entries(read.tensors)) {
      const size = shape.reduce((product, dim) => product * dim, 1)
      ensure(data.length === size, `${name}: ${data.length} values of ${size}`)
    }
    const written = encodeSafetensors(read)
    const again = encodeSafetensors(decodeSafetensors(written))
    ensure(Buffer.compare(again, written) === 0, 'other bytes once written and read')
  },
}

/** The seed in format version 2: without a checksum, so that mutants get past it. */
function uncheckedSeed(): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(encodeCheckpoint(checkpointSeed()))
  const old = Object.entries({ ...metadata, format_version: '2' })
  return encodeSafetensors({
    tensors,
    metadata: Object.fromEntries(old.filter(([key]) => key !== 'sha256')),
  })
}

/** Checkpoints: what is accepted is the same once written and read again. */
export const checkpoint: Target = {
  seeds: () => [encodeCheckpoint(checkpointSeed()), uncheckedSeed(), uncheckedSeed()],
  mutate: mutateSafetensors,
  errors: [TrainError],
  parse(input) {
    const read = decodeCheckpoint(input)
    const written = encodeCheckpoint(read)
    ensure(
      Buffer.compare(encodeCheckpoint(decodeCheckpoint(written)), written) === 0,
      'another checkpoint once written',
    )
    const { channels, height, width } = read.config.network.image
    const size = read.examples.count * channels * height * width
    ensure(
      read.examples.images.length === size,
      `${read.examples.images.length} bytes of ${read.examples.count} examples`,
    )
  },
}
