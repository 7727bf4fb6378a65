// A bundle as what the trainer's evaluation asks for: the negative ELBO's terms of each image.
import { unitPixels } from '@anyvae/images'
import {
  type BundleReader,
  type ImageShape,
  type Manifest,
  type Precision,
  readManifest,
  readModel,
  type Role,
  type Session,
  type SessionBackend,
  type SessionOptions,
} from '@anyvae/runtime'
import type { EvaluationBatch, EvaluationTerms, Evaluator } from '@anyvae/trainer'
import { posteriorLatents, elboTerms, type Results } from './elbo.js'
import { BundleError } from './error.js'

/** An open bundle that can be evaluated. */
export interface BundleEvaluator extends Evaluator {
  readonly manifest: Manifest
  readonly latent: number
  readonly image: ImageShape
  release(): Promise<void>
}

/** How to open a bundle for evaluation. */
export interface EvaluatorOptions extends SessionOptions {
  /** Which files to use; `float32` where left out. A half that lacks them uses float32. */
  readonly precision?: Precision
}

/**
 * Opens a bundle for evaluation. Its likelihood is computed in float64 from what the decoder puts out,
 * independently of the graphs that trained it.
 *
 * @throws BundleError (by rejection) where a half is missing, or no file is of the precision
 */
export async function bundleEvaluator(
  reader: BundleReader,
  backend: SessionBackend,
  { precision = 'float32', ...options }: EvaluatorOptions = {},
): Promise<BundleEvaluator> {
  const manifest = await readManifest(reader)
  checkPrecision(manifest, precision)
  const open = async (role: Role) => {
    const path = fileOf(manifest, role, precision) ?? referenceOf(manifest, role)
    return backend.createSession(await readModel(reader, manifest, path), options)
  }
  const sessions = { encoder: await open('encoder'), decoder: await open('decoder') }
  return {
    manifest,
    latent: manifest.latentSize,
    image: manifest.image,
    evaluate: async ({ noise, ...batch }) => (await encode(sessions, manifest, batch))(noise),
    encoded: (batch) => encode(sessions, manifest, batch),
    async release() {
      await Promise.all([sessions.encoder.release(), sessions.decoder.release()])
    },
  }
}

function checkPrecision({ files }: Manifest, precision: Precision): void {
  const known = [...new Set(Object.values(files).map((file) => file.precision))]
  if (known.includes(precision)) return
  throw new BundleError(
    `precision: not in this bundle, got ${precision}, expected one of ${known.join(', ')}`,
  )
}

function fileOf({ files }: Manifest, role: Role, precision: Precision): string | undefined {
  const found = Object.entries(files).find(
    ([, file]) => file.role === role && file.precision === precision,
  )
  return found?.[0]
}

/** The path of a half's float32 file. Throws BundleError where there is none. */
export function referenceOf(manifest: Manifest, role: Role): string {
  const path = fileOf(manifest, role, 'float32')
  if (path !== undefined) return path
  const got = Object.keys(manifest.files).join(', ')
  throw new BundleError(`bundle: has no ${role}, got ${got}, expected one of precision float32`)
}

interface Sessions {
  readonly encoder: Session
  readonly decoder: Session
}

/** Encodes images, and evaluates draws of their posteriors. */
async function encode(
  { encoder, decoder }: Sessions,
  manifest: Manifest,
  { images, count }: Omit<EvaluationBatch, 'noise'>,
): Promise<(noise: Float32Array) => Promise<EvaluationTerms>> {
  const pixels = unitPixels(images)
  const posterior = await encoder.run(imageFeeds(manifest, pixels, count))
  return async (noise) => {
    const latents = posteriorLatents(posterior, noise)
    const decoded = await decoder.run(latentFeeds(manifest, latents, count))
    return elboTerms(manifest, { count, pixels, posterior, decoded })
  }
}

/** What an encoder is fed: pixels of 0 to 1. */
export function imageFeeds({ image }: Manifest, data: Float32Array, count: number): Results {
  const { channels, height, width } = image
  return { image: { type: 'float32', dims: [count, channels, height, width], data } }
}

/** What a decoder is fed. */
export function latentFeeds({ latentSize }: Manifest, data: Float32Array, count: number): Results {
  return { latent: { type: 'float32', dims: [count, latentSize], data } }
}
