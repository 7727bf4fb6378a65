// The images of a training run: all in memory, or read when they are asked for.
import type { ImageSet, ImageSource } from '@anyvae/images'
import { CliError, refuseUsage } from '../error.js'
import type { Io } from '../io.js'
import { loadSource, streamSource } from '../source.js'
import { count } from '../ui/format.js'
import type { Begun } from './begun.js'
import type { TrainFlags } from './flags.js'

/** The two parts of a run's images. */
export interface RunImages {
  readonly source: string
  readonly train: ImageSet | ImageSource
  readonly test: ImageSet | ImageSource
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
  const options = { ...flags, ...(shape && { shape }), io }
  if (!flags.stream) return use(announced(await loadSource(source, options), io))
  const images = await streamSource(source, options)
  try {
    return await use(announced(images, io))
  } finally {
    await images.close()
  }
}

function announced(images: RunImages, io: Io): RunImages {
  const { source, train, test } = images
  io.stderr.line(`${source}: ${count(train.count)} training and ${count(test.count)} test images`)
  return images
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
