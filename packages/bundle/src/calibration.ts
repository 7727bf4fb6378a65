// Ranges of a bundle's values over images: what int8 is made from.
import {
  type Batch,
  evaluationBatches,
  type ImageSet,
  selectImages,
  unitPixels,
} from '@anyvae/images'
import {
  calibrationGraph,
  encodeModel,
  type Model,
  RangeObserver,
  type Ranges,
  valuesToCalibrate,
} from '@anyvae/onnx'
import { randomStream } from '@anyvae/random'
import type { Manifest, Session, SessionBackend } from '@anyvae/runtime'
import { posteriorLatents, floatsOf, type Results } from './elbo.js'
import { imageFeeds, latentFeeds } from './evaluator.js'
import type { Part } from './vectors.js'

/** How many images at most are calibrated on. */
const MOST_IMAGES = 1000

/** Images of one run; all inner values of a run are in memory at a time. */
const BATCH = 50

/** What ranges are taken from. */
export interface CalibrationSource {
  readonly manifest: Manifest
  /** Both halves in float32. */
  readonly models: Readonly<Record<Part, Model>>
  readonly images: ImageSet
  readonly backend: SessionBackend
  readonly signal?: AbortSignal | undefined
}

/** At most 1,000 images, drawn from all of a set: a set may be sorted by what its images show. */
export function calibrationImages(set: ImageSet): ImageSet {
  if (set.count <= MOST_IMAGES) return set
  return selectImages(
    set,
    randomStream(0, 'calibration/images').permutation(set.count).subarray(0, MOST_IMAGES),
  )
}

/**
 * The ranges of both halves' values: the encoder's over the images, the decoder's over one draw from
 * each image's posterior and as many from the prior, since it is asked to reconstruct and to sample.
 */
export async function calibrate(source: CalibrationSource): Promise<Record<Part, Ranges>> {
  const { manifest, models, images, backend, signal } = source
  const { latentSize } = manifest
  const encoder = await Observed.open(models.encoder, backend)
  const decoder = await Observed.open(models.decoder, backend)
  const normals = (kind: string, { index, count }: Batch) =>
    randomStream(0, `calibration/${kind}`).normals(count * latentSize, index * BATCH * latentSize)
  try {
    for (const batch of evaluationBatches(images, { batchSize: BATCH })) {
      signal?.throwIfAborted()
      const { images: bytes, count } = batch
      const posterior = await encoder.run(imageFeeds(manifest, unitPixels(bytes), count))
      const drawn = posteriorLatents(posterior, normals('posterior', batch))
      await decoder.run(latentFeeds(manifest, drawn, count))
      await decoder.run(latentFeeds(manifest, normals('prior', batch), count))
    }
    return { encoder: encoder.ranges(), decoder: decoder.ranges() }
  } finally {
    await Promise.all([encoder.release(), decoder.release()])
  }
}

/** A model in a session that takes note of the values to calibrate. */
class Observed {
  readonly #session: Session
  readonly #observers: ReadonlyMap<string, RangeObserver>

  private constructor(session: Session, names: readonly string[]) {
    this.#session = session
    this.#observers = new Map(names.map((name) => [name, new RangeObserver()]))
  }

  static async open(model: Model, backend: SessionBackend): Promise<Observed> {
    const watched = encodeModel({ ...model, graph: calibrationGraph(model.graph) })
    return new Observed(await backend.createSession(watched), valuesToCalibrate(model.graph))
  }

  async run(feeds: Results): Promise<Results> {
    const results = await this.#session.run(feeds)
    const values = { ...feeds, ...results }
    for (const [name, observer] of this.#observers) observer.add(floatsOf(values, name))
    return results
  }

  ranges(): Ranges {
    return Object.fromEntries(
      [...this.#observers].map(([name, observer]) => [name, observer.range()]),
    )
  }

  release(): Promise<void> {
    return this.#session.release()
  }
}
