// The images of a training run: all in memory, or read when they are asked for.
import { describeShape, type ImageSet, type ImageSource } from '@anyvae/images'
import { CliError, refuseUsage } from '../error.js'
import type { Io } from '../io.js'
import { isImageFolder } from '../exported.js'
import { loadSource, recordedFlags, recordOf, streamSource, type SourceFlags } from '../source.js'
import { count } from '../ui/format.js'
import type { Begun } from './begun.js'
import type { TrainFlags } from './flags.js'

/** The two parts of a run's images. */
export interface RunImages {
  readonly source: string
  readonly train: ImageSet | ImageSource
  readonly test: ImageSet | ImageSource
  /** How they were read, for the run's record. */
  readonly options?: Readonly<Record<string, string>> | undefined
}

/** What says which images a run is trained on. */
export interface Start {
  readonly folder: string
  readonly flags: TrainFlags
  readonly begun: Begun | undefined
  readonly io: Io
}

/**
 * Gives a run's images to what uses them, and then lets go of their files.
 *
 * @throws CliError where neither flags nor the run's folder name any
 */
export async function withImages<T>(
  start: Start,
  use: (images: RunImages) => Promise<T>,
): Promise<T> {
  const { flags, begun, io } = start
  const source = sourceOf(start)
  const shape = begun?.config.training.network.image
  const reading = { ...recordedReading(source, begun), ...flags }
  const options = { ...reading, ...(shape && { shape }), io }
  if (!flags.stream) return use(await announced(await loadSource(source, options), options))
  const images = await streamSource(source, options)
  try {
    return await use(await announced(images, options))
  } finally {
    await images.close()
  }
}

/** How the run's images were read when it was begun, where they are read from the same source again. */
function recordedReading(source: string, begun: Begun | undefined): SourceFlags {
  const data = begun?.config.data
  return data?.source === source ? recordedFlags(data.options) : {}
}

async function announced(
  images: RunImages,
  { io, ...reading }: SourceFlags & { readonly io: Io },
): Promise<RunImages> {
  const { source, train, test } = images
  const fitted = (await isImageFolder(source)) ? `, by --fit ${reading.fit ?? 'crop'}` : ''
  io.stderr.line(
    `${source}: ${count(train.count)} training and ${count(test.count)} test images of ${describeShape(train.shape)}${fitted}`,
  )
  return { source, train, test, options: recordOf(reading) }
}

function sourceOf({ folder, flags, begun }: Start): string {
  const source = flags.data ?? begun?.config.data.source
  if (source !== undefined) return source
  if (flags.resume === undefined) {
    refuseUsage('--data: missing, expected images to train on, such as --data glyphs')
  }
  throw new CliError(
    `${folder}: no run to go on with, got no config.json, expected one, or --data to begin`,
  )
}
