// `anyvae interpolate`: the way from one image or latent to another.
import { Option, type Command } from 'commander'
import { addCommand, withCommonFlags, withSessionFlags, type SessionFlags } from '../command.js'
import { describeEndpoint, parseEndpoint, type Endpoint } from '../endpoint.js'
import { choice, parsed, whole } from '../flags.js'
import type { Outcome } from '../outcome.js'
import { outFlag } from '../outflag.js'
import { withPrecisionFlag, type PrecisionFlags } from '../precision.js'
import type { Context } from '../program.js'
import { SOURCES, withReadingFlags, type ReadingFlags } from '../source.js'
import { plural } from '../ui/format.js'

interface InterpolateFlags extends SessionFlags, PrecisionFlags, ReadingFlags {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly data?: string
  readonly split?: 'train' | 'test'
  readonly steps: number
  readonly mode: 'linear' | 'spherical'
  readonly out: string
}

export function addInterpolate(program: Command, context: Context): void {
  const command = addCommand(program, 'interpolate', {
    description: 'Go from one image or latent to another, and decode the steps.',
    example: `
anyvae interpolate models/first --data glyphs --from 3 --to 8 --out way.png
anyvae interpolate models/first --from seed:1 --to seed:2 --steps 12 --mode linear
anyvae interpolate models/first --from one.png --to two.png`,
  })
    .argument('<bundle>', 'folder or URL')
    .addOption(end('--from <end>', 'an index into --data, seed:<n>, or an image file'))
    .addOption(end('--to <end>', 'as --from'))
    .addOption(new Option('--data <source>', `images that an index means: ${SOURCES}`))
    .addOption(choice('--split <name>', 'which part of --data (default: test)', ['test', 'train']))
    .addOption(whole('--steps <n>', 'images in all, with both ends', 2, 1000).default(9))
    .addOption(choice('--mode <name>', 'kind of way', ['spherical', 'linear']).default('spherical'))
    .addOption(outFlag('a picture, or the values', ['.png', '.npy']).default('interpolation.png'))
  withCommonFlags(withSessionFlags(withPrecisionFlag(withReadingFlags(command)))).action(
    async (location: string, flags: InterpolateFlags) => {
      context.settle(await interpolate(location, flags, context), flags)
    },
  )
}

function end(flags: string, description: string): Option {
  return parsed(flags, description, parseEndpoint).makeOptionMandatory()
}

async function interpolate(
  location: string,
  flags: InterpolateFlags,
  { io }: Context,
): Promise<Outcome> {
  const { imageGrid } = await import('@anyvae/images')
  const { withVae } = await import('../bundles.js')
  const { latentsOf } = await import('../ends.js')
  const { writeImages } = await import('../output.js')
  const { steps, mode, out } = flags
  const { made, manifest } = await withVae(location, { flags, io }, async (vae) => {
    const [from, to] = await latentsOf(vae, [flags.from, flags.to], { flags, io })
    const none = new Float32Array(0)
    const made = await vae.interpolate(from ?? none, to ?? none, { steps, mode })
    return { made, manifest: vae.manifest }
  })
  const { data, shape } = made
  const [from, to] = [flags.from, flags.to].map(describeEndpoint)
  const title = `${manifest.name}: from ${from} to ${to}, ${mode}`
  const columnLabels = Array.from({ length: steps }, (_, i) => (i / (steps - 1)).toFixed(2))
  const picture = () =>
    imageGrid(data, { shape: manifest.image, columns: steps, title, columnLabels })
  await writeImages(out, { picture, data, shape })
  const text = `wrote ${plural(steps, 'step')} from ${from} to ${to} to ${out}`
  return { text, json: { bundle: location, out, from, to, steps, mode, shape } }
}
