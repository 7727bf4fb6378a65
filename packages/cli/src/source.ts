// Loads the images that a command names, with progress on stderr.
import type { ImageShape } from '@anyvae/images'
import type { Command } from 'commander'
import { refuseUsage } from './error.js'
import { choice, parsed, parseWhole } from './flags.js'
import { untilStopped, type Io } from './io.js'
import { bytes } from './ui/format.js'
import { createProgress } from './ui/progress.js'

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
  return { height: parseWhole(what, height, 1), width: parseWhole(what, width, 1) }
}

/** The images of a source, in two splits. */
export type Loaded = Awaited<ReturnType<typeof loadSource>>

/** Loads a source; `shape` is what images of a folder are made into where flags say nothing. */
export async function loadSource(
  source: string,
  { size, channels, shape, io }: SourceFlags & { readonly shape?: ImageShape; readonly io: Io },
) {
  const { loadImages } = await import('@anyvae/images/node')
  const progress = createProgress(io.stderr, `loading ${source}`)
  const asked = {
    size: size ?? shape,
    channels: channels === undefined ? shape?.channels : Number(channels),
  }
  try {
    return await untilStopped(
      io.signal,
      loadImages(source, {
        ...(asked.size && { size: asked.size }),
        ...(asked.channels && { channels: asked.channels }),
        signal: io.signal,
        onProgress: ({ received, total }) =>
          progress.update(received, total, `${bytes(received)} of ${bytes(total)}`),
      }),
    )
  } finally {
    progress.stop()
  }
}
