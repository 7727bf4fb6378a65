// What lighter files cost: their images, posteriors and negative ELBO beside those of float32.
import { type Batch, evaluationBatches, type ImageSet, unitPixels } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import type { Damage, Manifest, Session } from '@anyvae/runtime'
import { elboTerms, floatsOf, posteriorLatents, type Results } from './elbo.js'
import { imageFeeds, latentFeeds } from './evaluator.js'
import type { Part } from './vectors.js'

/** Images at a time; it changes no draw. */
const BATCH = 250

/** A lighter file, open. */
export interface LightSession {
  readonly role: Part
  readonly session: Session
}

/** Beside what files are measured, and on what. */
export interface DamageOptions {
  readonly manifest: Manifest
  /** Both halves in float32. */
  readonly reference: Readonly<Record<Part, Session>>
  readonly images: ImageSet
  readonly signal?: AbortSignal | undefined
}

/** What is measured of one file. */
export type Measured = Omit<Damage, 'data'>

/**
 * Measures each file alone in place of its float32 one, on one posterior sample of each image, from the
 * noise that an evaluation of seed 0 draws.
 */
export async function measureDamage(
  light: readonly LightSession[],
  { manifest, reference, images, signal }: DamageOptions,
): Promise<Measured[]> {
  const measured = light.map((file) => ({ ...file, sums: new Sums(file.role) }))
  for (const batch of evaluationBatches(images, { batchSize: BATCH })) {
    signal?.throwIfAborted()
    const shared = shareOf(manifest, batch)
    const expected = await coded(reference, shared)
    for (const { role, session, sums } of measured) {
      sums.add(shared, expected, await coded({ ...reference, [role]: session }, shared, expected))
    }
  }
  return measured.map(({ sums }) => sums.measured(images.count))
}

/** What every file is given of a batch. */
interface Share {
  readonly manifest: Manifest
  readonly count: number
  readonly pixels: Float32Array
  readonly noise: Float32Array
}

function shareOf(manifest: Manifest, { images, count, index }: Batch): Share {
  const { latentSize } = manifest
  const noise = randomStream(0, 'evaluation')
  return {
    manifest,
    count,
    pixels: unitPixels(images),
    noise: noise.normals(count * latentSize, index * BATCH * latentSize),
  }
}

/** Posteriors, and what one draw of each is decoded to. */
interface Coded {
  readonly encoder: Session
  readonly posterior: Results
  readonly decoded: Results
}

/** Encodes and decodes; posteriors of the same encoder are taken over. */
async function coded(
  { encoder, decoder }: Readonly<Record<Part, Session>>,
  { manifest, pixels, noise, count }: Share,
  known?: Coded,
): Promise<Coded> {
  const posterior =
    known?.encoder === encoder
      ? known.posterior
      : await encoder.run(imageFeeds(manifest, pixels, count))
  const latents = posteriorLatents(posterior, noise)
  return { encoder, posterior, decoded: await decoder.run(latentFeeds(manifest, latents, count)) }
}

/** Running sums of one file's differences. */
class Sums {
  readonly #role: Part
  #negativeElbo = 0
  #squares = 0
  #pixels = 0
  #shifts = 0
  #latents = 0

  constructor(role: Part) {
    this.#role = role
  }

  add({ manifest, count, pixels }: Share, expected: Coded, got: Coded): void {
    const loss = ({ posterior, decoded }: Coded) => {
      const { reconstruction, kl } = elboTerms(manifest, { count, pixels, posterior, decoded })
      return sum(reconstruction) + sum(kl)
    }
    this.#negativeElbo += loss(got) - loss(expected)
    const [a, b] = [expected, got].map(({ decoded }) => floatsOf(decoded, 'image'))
    this.#squares += sum((a ?? []).map((value, i) => (value - (b?.[i] ?? Number.NaN)) ** 2))
    this.#pixels += pixels.length
    const means = floatsOf(got.posterior, 'mean')
    const logVariance = floatsOf(expected.posterior, 'log_variance')
    const shifts = floatsOf(expected.posterior, 'mean').map(
      (value, i) => (value - (means[i] ?? Number.NaN)) ** 2 / Math.exp(logVariance[i] ?? 0),
    )
    this.#shifts += sum(shifts)
    this.#latents += shifts.length
  }

  measured(images: number): Measured {
    const error = this.#squares / this.#pixels
    const meanShift = Math.sqrt(this.#shifts / this.#latents)
    return {
      images,
      negativeElbo: this.#negativeElbo / images,
      ...(error > 0 && { psnr: -10 * Math.log10(error) }),
      ...(this.#role === 'encoder' && { meanShift }),
    }
  }
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
