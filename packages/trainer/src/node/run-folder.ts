// Reads and writes a run folder, in an order that any kill leaves resumable.
//
// Each file is written whole: beside its place, flushed to the disk, then renamed over it. Per epoch the
// picture and the log with one line more come first, and the checkpoint last: its rename is what makes
// the epoch count. So whatever the moment of a kill, picture and log hold all epochs of the checkpoint
// and perhaps one more, and going on means to drop that one and the leftovers (config.json.tmp and the
// like) and to compute it again, from the checkpoint and the seed alone. Were the checkpoint first, a kill
// could lose a log line for good. config.json comes first of all and goes last: a folder without it is a
// run's only where nothing but leftovers is in it, and then the run starts over. Names that are not ours
// are left alone. All this holds for one training at a time: see lock.ts.
import { access, constants, mkdir, readdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { writeFileAtomic } from '@anyvae/images/node'
import { decodeCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.js'
import { TrainError } from '../error.js'
import { createNetwork } from '../network/network.js'
import type { NetworkConfig } from '../network/types.js'
import { checkCheckpoint, checkLines } from './agreement.js'
import { nativeSha256, readBounded, readText } from './bounded.js'
import { decodeRunConfig, encodeRunConfig, type RunConfig } from './config-file.js'
import { isLeftover, isPictureLeftover, NAMES, pathOf, pictureEpoch, pictureName } from './paths.js'

/** What is found in a folder that is asked to hold a run. */
export interface Found {
  readonly config?: RunConfig
  readonly checkpoint?: Checkpoint
  /** The log's lines up to the checkpoint's epoch. */
  readonly lines: readonly string[]
}

/**
 * Looks into a folder without changing it.
 *
 * @throws TrainError where a run is there and `resume` is false, where files of something else are
 *   there, or where a file of the run is damaged
 */
export async function inspect(folder: string, resume: boolean): Promise<Found> {
  const names = (await namesIn(folder))?.filter((name) => name !== NAMES.lock)
  if (names === undefined) return { lines: [] }
  const foreign = names.find((name) => !isLeftover(name))
  const isRun = names.includes(NAMES.config)
  if (!isRun && foreign !== undefined) {
    throw new TrainError(
      `${folder}: not a run folder, got ${foreign} in it, expected a new or empty folder`,
    )
  }
  if (names.length > 0 && !resume) {
    throw new TrainError(
      `${folder}: holds a run, got ${names.join(', ')}, expected a new or empty folder, or --resume (resume: true) to go on with it`,
    )
  }
  if (!isRun) return { lines: [] }
  const config = await readRunConfig(folder)
  if (!names.includes(NAMES.checkpoint)) return { config, lines: [] }
  const checkpoint = await readCheckpoint(folder, config)
  return { config, checkpoint, lines: await readLines(folder, checkpoint) }
}

/** @throws TrainError where a folder, or the one that it is to be made in, cannot be written to */
export async function checkWritable(folder: string): Promise<void> {
  const path = resolve(folder)
  try {
    await access(path, constants.W_OK)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (missing && dirname(path) !== path) return checkWritable(dirname(path))
    await writing(path, () => Promise.reject(error as Error))
  }
}

/** Makes a folder ready for a run's first or next epoch: exactly what `found` says, and no leftovers. */
export async function open(folder: string, found: Found, config: RunConfig): Promise<void> {
  const epoch = found.checkpoint?.epoch ?? 0
  const pictures = join(folder, NAMES.reconstructions)
  await makeFolder(folder)
  await removeFrom(folder, isLeftover)
  await removeFrom(pictures, (name) => {
    return isPictureLeftover(name) || (pictureEpoch(name) ?? 0) > epoch
  })
  if (found.config === undefined) await write(pathOf(folder, 'config'), encodeRunConfig(config))
  else await writeLines(folder, found.lines)
}

/** Takes back what {@link open} made of a folder that holds no epoch yet. */
export async function discard(folder: string): Promise<void> {
  const pictures = join(folder, NAMES.reconstructions)
  await removeFrom(pictures, (name) => pictureEpoch(name) !== undefined)
  // Where something else has come into a folder meanwhile, it stays.
  await rmdir(pictures).catch(() => undefined)
  await rm(pathOf(folder, 'checkpoint'), { force: true })
  await rm(pathOf(folder, 'log'), { force: true })
  await rm(pathOf(folder, 'config'), { force: true })
}

/** An epoch's files, in the order that the head of this file gives reasons for. */
export async function writeEpoch(
  folder: string,
  epoch: number,
  content: { picture: Uint8Array; lines: readonly string[]; checkpoint: Uint8Array },
): Promise<void> {
  const pictures = join(folder, NAMES.reconstructions)
  await makeFolder(pictures)
  await Promise.all([
    write(join(pictures, pictureName(epoch)), content.picture),
    writeLines(folder, content.lines),
  ])
  await write(pathOf(folder, 'checkpoint'), content.checkpoint)
}

/**
 * The settings of a run: enough to load its images and resume it.
 *
 * @throws TrainError where there is no run, or where its config.json is damaged
 */
export async function readRunConfig(folder: string): Promise<RunConfig> {
  const path = pathOf(folder, 'config')
  const missing = await access(path).then(
    () => false,
    () => true,
  )
  if (missing) {
    throw new TrainError(`${folder}: no run folder, got no ${NAMES.config}, expected one`)
  }
  const json = await readText(path, MOST_BYTES.config)
  return named(folder, () => decodeRunConfig(json))
}

/** Far more than a run writes: settings of a hundred layers, a log of 100,000 epochs, a header. */
const MOST_BYTES = { config: 2 ** 20, log: 2 ** 26, checkpointHeader: 2 ** 24 }

async function readCheckpoint(folder: string, config: RunConfig): Promise<Checkpoint> {
  const path = pathOf(folder, 'checkpoint')
  const { network } = config.training
  const bytes = await readBounded(path, MOST_BYTES.checkpointHeader + tensorBytes(network))
  return named(path, () => {
    const checkpoint = decodeCheckpoint(bytes, { expected: network, digest: nativeSha256 })
    checkCheckpoint(checkpoint, config)
    return checkpoint
  })
}

/** Parameters and both moments in float32, and up to a thousand images. */
function tensorBytes(network: NetworkConfig): number {
  const { channels, height, width } = network.image
  const count = createNetwork(network).parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1),
    0,
  )
  return 12 * count + 1000 * channels * height * width
}

async function readLines(folder: string, checkpoint: Checkpoint): Promise<readonly string[]> {
  const path = pathOf(folder, 'log')
  const lines = (await readText(path, MOST_BYTES.log)).split('\n').slice(0, checkpoint.epoch)
  named(path, () => checkLines(lines, checkpoint))
  return lines
}

async function writeLines(folder: string, lines: readonly string[]): Promise<void> {
  const content = lines.map((line) => `${line}\n`).join('')
  await write(pathOf(folder, 'log'), new TextEncoder().encode(content))
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await writing(path, () => writeFileAtomic(path, bytes))
}

/**
 * Makes a folder and those that it stands in; where that fails, it leaves none of them.
 *
 * @returns the outermost folder that was made, for `removeFolders`; undefined where all were there
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  // A process whose own folder is gone cannot resolve a path.
  const outermost = await writing(path, async () => outermostMissing(resolve(path)))
  try {
    await writing(path, () => mkdir(path, { recursive: true }))
    return outermost
  } catch (error) {
    await removeFolders(path, outermost)
    throw error
  }
}

async function outermostMissing(path: string): Promise<string | undefined> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (isThere || dirname(path) === path) return undefined
  return (await outermostMissing(dirname(path))) ?? path
}

/** Removes a folder, and those around it up to the outermost, as far as nothing is in them. */
export async function removeFolders(path: string, outermost: string | undefined): Promise<void> {
  if (outermost === undefined) return
  for (let folder = resolve(path); folder.startsWith(outermost); folder = dirname(folder)) {
    await rmdir(folder).catch(() => undefined)
  }
}

/** @throws TrainError with the reason where a file or folder cannot be written */
export async function writing<T>(path: string, effect: () => Promise<T>): Promise<T> {
  try {
    return await effect()
  } catch (cause) {
    throw new TrainError(
      `${path}: not written, got ${reasonOf(cause)}, expected room and the right to write`,
      { cause },
    )
  }
}

/** What the system said, beneath the error that names the file once already. */
function reasonOf(cause: unknown): string {
  const system = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return system instanceof Error ? system.message : String(system)
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new TrainError(`${folder}: not a folder that can be read, expected a folder`, {
      cause: error,
    })
  }
}

async function removeFrom(folder: string, unwanted: (name: string) => boolean): Promise<void> {
  const names = (await namesIn(folder)) ?? []
  await Promise.all(names.filter(unwanted).map((name) => rm(join(folder, name), { force: true })))
}

/** Puts the file's name before what a reader says of its content. */
function named<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new TrainError(`${path}: ${message}`, { cause })
  }
}
