// Loads the images that a command names, with progress on stderr.
import { access } from 'node:fs/promises'
import type { ImageShape, ValueRange } from '@anyvae/images'
import type { LoadOptions, LoadProgress } from '@anyvae/images/node'
import { Command, Option } from 'commander'
import { CliError, refuseUsage } from './error.js'
import { choice, parsed, parseWhole } from './flags.js'
import { closest } from './suggest.js'
import { untilStopped, type Io } from './io.js'
import { bytes } from './ui/format.js'
import { createProgress, type Progress } from './ui/progress.js'

/** What `--data` takes, for the help. */
export const SOURCES =
  'glyphs[:count], mnist, fashion-mnist, a folder of IDX files or images, a .npy or .npz file'

/** How files of images are read. */
export interface ReadingFlags {
  readonly fit?: keyof typeof FITS
  readonly layout?: string
  readonly range?: ValueRange
}

/** How the images of a folder are made alike, and files are read. */
export interface SourceFlags extends ReadingFlags {
  readonly size?: Size
  readonly channels?: '1' | '3'
}

/** How an image comes to another shape: the flag's words, and CSS's for the same. */
const FITS = { crop: 'cover', pad: 'contain', stretch: 'fill' } as const

interface Size {
  readonly height: number
  readonly width: number
}

export function withSourceFlags(command: Command): Command {
  const sized = command
    .addOption(parsed('--size <HxW>', 'resize the images of a folder, such as 28x28', parseSize))
    .addOption(choice('--channels <n>', 'of the images of a folder: 1 grey, 3 colour', ['1', '3']))
  return withReadingFlags(sized)
}

/** For commands that know the shape of images already. */
export function withReadingFlags(command: Command): Command {
  return command
    .addOption(
      choice(
        '--fit <how>',
        'bring images of a folder to their size by crop (the default), pad or stretch',
        Object.keys(FITS),
      ),
    )
    .addOption(
      new Option(
        '--layout <axes>',
        'order of the dimensions of an array: nchw, nhwc, hwcn and the like (default: as its shape says)',
      ),
    )
    .addOption(
      parsed(
        '--range <low..high>',
        'values that are black and white, such as -1..1, or 0..4095 of 12 bits; of arrays and of images beyond 8 bits (default: as they say)',
        parseRange,
      ),
    )
}

/** The flags as `loadImages` and its kin take them. */
export function readingOptions({ fit, layout, range }: ReadingFlags) {
  return { fit: fit && FITS[fit], layout, range }
}

/** The flags that are given, in the words of a command line; undefined where none is. */
export function recordOf(flags: SourceFlags): Readonly<Record<string, string>> | undefined {
  const { size, channels, fit, layout, range } = flags
  const words = {
    size: size && `${size.height}x${size.width}`,
    channels,
    fit,
    layout,
    range: range && `${range.black}..${range.white}`,
  }
  const given = Object.entries(words).filter((entry): entry is [string, string] => !!entry[1])
  return given.length > 0 ? Object.fromEntries(given) : undefined
}

/** What {@link recordOf} keeps, as flags again. Throws CliError for what none of them takes. */
export function recordedFlags(record: Readonly<Record<string, string>> = {}): SourceFlags {
  const words = Object.entries(record).map(([name, value]) => `--${name}=${value}`)
  const command = withSourceFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  return command.parse(words, { from: 'user' }).opts<SourceFlags>()
}

function parseRange(what: string, text: string): ValueRange {
  const number = String.raw`(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)`
  const [, low, high] = new RegExp(`^${number}\\.\\.${number}$`).exec(text) ?? []
  const [black, white] = [Number(low), Number(high)]
  if (Number.isFinite(white - black) && black < white) return { black, white }
  return refuseUsage(
    `${what}: no range, got '${text}', expected two numbers, the greater one last, such as 0..1`,
  )
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
      ...readingOptions(options),
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
