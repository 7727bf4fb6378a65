// Loads the images that a command names, with progress on stderr.
import { access } from 'node:fs/promises'
import type { ImageShape } from '@anyvae/images'
import type { LoadOptions, LoadProgress } from '@anyvae/images/node'
import type { Command } from 'commander'
import { CliError, refuseUsage } from './error.js'
import { choice, parsed, parseWhole } from './flags.js'
import { closest } from './suggest.js'
import { untilStopped, type Io } from './io.js'
import { bytes } from './ui/format.js'
import { createProgress, type Progress } from './ui/progress.js'

/** What `--data` takes, for the help. */
export const SOURCES =
  'glyphs[:count], mnist, fashion-mnist, a folder of IDX files or images, a .npy or .npz file'

/** How the images of a folder are made alike. */
export interface SourceFlags {
  readonly size?: Size
  readonly channels?: '1' | '3'
}

interface Size {
  readonly height: number
  readonly width: number
}

export function withSourceFlags(command: Command): Command {
  return command
    .addOption(parsed('--size <HxW>', 'resize the images of a folder, such as 28x28', parseSize))
    .addOption(choice('--channels <n>', 'of the images of a folder: 1 grey, 3 colour', ['1', '3']))
}

function parseSize(what: string, text: string): Size {
  const [height, width, ...rest] = text.split('x')
  if (height === undefined || width === undefined || rest.length > 0) {
    return refuseUsage(`${what}: no size, got '${text}', expected height x width, such as 28x28`)
  }
  return {
    height: parseWhole(what, height, { least: 1 }),
    width: parseWhole(what, width, { least: 1 }),
  }
}

/** The images of a source, in two splits. */
export type Loaded = Awaited<ReturnType<typeof loadSource>>

interface SourceOptions extends SourceFlags {
  /** What images of a folder are made into where flags say nothing. */
  readonly shape?: ImageShape
  readonly io: Io
}

/** Loads a source, with progress on stderr; a signal stops it. */
export async function loadSource(source: string, options: SourceOptions) {
  await checkName(source)
  const { loadImages } = await import('@anyvae/images/node')
  return withProgress(options, (asked) => loadImages(source, asked))
}

/** As `loadSource`, the images read when they are asked for; to be closed. */
export async function streamSource(source: string, options: SourceOptions) {
  await checkName(source)
  const { streamImages } = await import('@anyvae/images/node')
  return withProgress(options, (asked) => streamImages(source, asked))
}

/** The sources that have names. */
const NAMES = ['glyphs', 'mnist', 'fashion-mnist']

/** Refuses what is no file or folder and close to a source's name: most likely it is mistyped. */
async function checkName(source: string): Promise<void> {
  const isName = NAMES.includes(source) || source.startsWith('glyphs:')
  const name = isName ? undefined : closest(source, NAMES)
  if (name === undefined || (await exists(source))) return
  throw new CliError(
    `images: no such source, file or folder, got '${source}' (did you mean ${name}?), expected ${SOURCES}`,
  )
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function withProgress<T extends { readonly note?: string }>(
  options: SourceOptions,
  load: (options: LoadOptions) => Promise<T>,
): Promise<T> {
  const { shape, io } = options
  const { size = sizeOf(shape), channels = shape?.channels } = options
  const progress = loadingProgress(io)
  try {
    const loading = load({
      size,
      channels: channels === undefined ? undefined : Number(channels),
      signal: io.signal,
      onProgress: progress.show,
    })
    const loaded = await untilStopped(io.signal, loading)
    if (loaded.note !== undefined) io.stderr.line(loaded.note)
    return loaded
  } finally {
    progress.stop()
  }
}

function sizeOf(shape: ImageShape | undefined): Size | undefined {
  return shape && { height: shape.height, width: shape.width }
}

/** One bar after another: a source may be several files. */
function loadingProgress({ stderr }: Io) {
  let current: { readonly title: string; readonly progress: Progress } | undefined
  const stop = () => current?.progress.stop()
  const show = ({ phase, name, done, total, unit }: LoadProgress) => {
    const title = `${phase === 'download' ? 'downloading' : 'reading'} ${name}`
    if (current?.title !== title) {
      stop()
      current = { title, progress: createProgress(stderr, title) }
    }
    const detail =
      unit === 'bytes' ? `${bytes(done)} of ${bytes(total)}` : `${done} of ${total} images`
    current.progress.update(done, total, detail)
  }
  return { show, stop }
}
