// `anyvae reconstruct`: images and what the bundle makes of them, side by side.
import { Option, type Command } from 'commander'
import { addCommand, withCommonFlags, withSessionFlags, type SessionFlags } from '../command.js'
import { choice, whole } from '../flags.js'
import type { Outcome } from '../outcome.js'
import { outFlag } from '../outflag.js'
import { withPrecisionFlag, type PrecisionFlags } from '../precision.js'
import type { Context } from '../program.js'
import { SOURCES, withReadingFlags, type ReadingFlags } from '../source.js'
import { plural } from '../ui/format.js'

interface ReconstructFlags extends SessionFlags, PrecisionFlags, ReadingFlags {
  readonly data?: string
  readonly split?: 'train' | 'test'
  readonly limit: number
  readonly seed?: number
  readonly out: string
}

export function addReconstruct(program: Command, context: Context): void {
  const command = addCommand(program, 'reconstruct', {
    description: 'Encode and decode images: originals and reconstructions side by side.',
    example: `
anyvae reconstruct models/first --data glyphs --out reconstructions.png
anyvae reconstruct models/first one.png two.jpg --out mine.png`,
  })
    .argument('<bundle>', 'folder or URL')
    .argument('[images...]', 'image files, resized and converted as the bundle needs')
    .addOption(new Option('--data <source>', `images: ${SOURCES}`))
    .addOption(choice('--split <name>', 'which part of --data (default: test)', ['test', 'train']))
    .addOption(whole('--limit <n>', 'only the first n images of --data', 1).default(32))
    .addOption(whole('--seed <n>', 'draw latents from the posteriors (default: their means)', 0))
    .addOption(outFlag('a picture, or the values', ['.png', '.npy']).default('reconstructions.png'))
  withCommonFlags(withSessionFlags(withPrecisionFlag(withReadingFlags(command)))).action(
    async (location: string, files: string[], flags: ReconstructFlags) => {
      context.settle(await reconstruct(location, { files, flags }, context), flags)
    },
  )
}

interface Request {
  readonly files: readonly string[]
  readonly flags: ReconstructFlags
}

async function reconstruct(
  location: string,
  { files, flags }: Request,
  { io }: Context,
): Promise<Outcome> {
  const { pairGrid } = await import('@anyvae/images')
  const { loadInputs, withVae } = await import('../bundles.js')
  const { writeImages } = await import('../output.js')
  const { seed, out } = flags
  const { set, made, manifest } = await withVae(location, { flags, io }, async (vae) => {
    const { manifest } = vae
    const { set } = await loadInputs(files, flags, { shape: manifest.image, io })
    const made = await vae.reconstruct(set, seed === undefined ? {} : { seed })
    return { set, made, manifest }
  })
  const latents = seed === undefined ? 'posterior means' : `posterior samples, seed ${seed}`
  const title = `${manifest.name}: reconstructions of ${set.name}, ${latents}`
  const { data, shape } = made
  const picture = () => pairGrid(set.data, data, { shape: manifest.image, title })
  await writeImages(out, { picture, data, shape })
  const text = `wrote ${plural(set.count, 'reconstruction')} to ${out}`
  return { text, json: { bundle: location, out, count: set.count, latents, shape } }
}
