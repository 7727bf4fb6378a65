// From a trained network to a bundle: all of its files as bytes.
import { DEFAULT_OPSET, encodeModel, type Model } from '@anyvae/onnx'
import {
  FORMAT_VERSION,
  type Manifest,
  type ManifestFile,
  parseManifest,
  sha256Hex,
} from '@anyvae/runtime'
import { createNetwork } from '@anyvae/trainer'
import { modelCard } from './card/card.js'
import { BundleError } from './error.js'
import { type NodeCounts, vaeModels } from './graphs.js'
import { samplesPicture } from './pictures.js'
import { FLOAT32_TOLERANCE } from './verification/tolerance.js'
import type { Trained } from './trained.js'
import { encodeVectors, makeVectors, type Part } from './vectors.js'
import { VERSION } from './version.js'

/** What a bundle is called and written as. */
export interface BundleOptions {
  readonly name: string
  /** Default 17. */
  readonly opset?: number
  /** SPDX identifier of the weights' licence; `other` where left out, which grants nothing. */
  readonly license?: string
  readonly author?: string
  /** Told of each graph how many nodes the passes left. */
  readonly onGraph?: ((name: Part, nodes: NodeCounts) => void) | undefined
}

/** A bundle's files by their path within its folder. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>

/**
 * Everything that a bundle's folder holds.
 *
 * @throws BundleError (by rejection) where a weight is not finite
 */
export async function createBundle(trained: Trained, options: BundleOptions): Promise<BundleFiles> {
  const { opset = DEFAULT_OPSET, license = 'other' } = options
  checkWeights(trained)
  const network = createNetwork(trained.network)
  const models = vaeModels(network, trained.parameters, {
    opset,
    producerVersion: VERSION,
    onGraph: options.onGraph,
    metadata: metadataOf(trained, { ...options, license }),
  })
  const encoder = encodeModel(models.encoder)
  const decoder = encodeModel(models.decoder)
  const manifest = manifestOf(trained, {
    name: options.name,
    license,
    model: models.encoder,
    files: {
      'encoder.onnx': await fileOf('encoder', encoder, models.encoder),
      'decoder.onnx': await fileOf('decoder', decoder, models.decoder),
    },
  })
  const vectors = await makeVectors(trained)
  return new Map([
    ['encoder.onnx', encoder],
    ['decoder.onnx', decoder],
    ['anyvae.json', text(`${JSON.stringify(manifest, null, 2)}\n`)],
    ['README.md', text(modelCard(manifest))],
    ['samples.png', await samplesPicture(trained, options.name)],
    ...encodeVectors('encoder', vectors.encoder),
    ...encodeVectors('decoder', vectors.decoder),
  ])
}

/** A training that ran off to infinity leaves nothing that is worth a file. */
function checkWeights({ parameters }: Trained): void {
  for (const [name, values] of Object.entries(parameters)) {
    const index = values.findIndex((value) => !Number.isFinite(value))
    if (index < 0) continue
    throw new BundleError(
      `weights: ${name} is not finite, got ${String(values[index])} in place ${index} of ${values.length}, expected finite numbers: training diverged, train anew with a lower learning rate or a warm-up`,
    )
  }
}

interface ManifestParts {
  readonly name: string
  readonly license: string
  readonly model: Model
  readonly files: Manifest['files']
}

function manifestOf(trained: Trained, { name, license, model, files }: ManifestParts): Manifest {
  const { architecture, image, latent, likelihood, ...settings } = trained.network
  return parseManifest({
    formatVersion: FORMAT_VERSION,
    name,
    architecture: { name: architecture, ...settings },
    latentSize: latent,
    image: { ...image, range: [0, 1] },
    likelihood,
    opset: model.opsets[''],
    irVersion: model.irVersion,
    files,
    training: trained.training,
    quality: trained.quality,
    producer: { name: 'anyvae', version: VERSION },
    license,
  })
}

async function fileOf(role: Part, bytes: Uint8Array, { graph }: Model): Promise<ManifestFile> {
  const tolerances = graph.outputs.map(({ name }) => [name, FLOAT32_TOLERANCE] as const)
  return {
    role,
    precision: 'float32',
    bytes: bytes.length,
    sha256: await sha256Hex(bytes),
    tolerances: Object.fromEntries(tolerances),
  }
}

/** metadata_props of both models. */
function metadataOf(
  { training, quality, network }: Trained,
  { author = 'anyvae', license = '', name }: BundleOptions,
): Record<string, string> {
  const facts = {
    name,
    author,
    license,
    architecture: network.architecture,
    likelihood: network.likelihood,
    data: training.data,
    epochs: training.epochs,
    seed: training.seed,
    beta: training.beta,
    test_negative_elbo: quality.negativeElbo,
  }
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)] as const],
    ),
  )
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content)
}
