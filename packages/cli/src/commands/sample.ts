// `anyvae sample`: images decoded from latents that are drawn from the prior.
import type { Command } from 'commander'
import { addCommand, withCommonFlags, withSessionFlags, type SessionFlags } from '../command.js'
import { refuseUsage } from '../error.js'
import { number, whole } from '../flags.js'
import type { Outcome } from '../outcome.js'
import { outFlag } from '../outflag.js'
import { withPrecisionFlag, type PrecisionFlags } from '../precision.js'
import type { Context } from '../program.js'
import { plural } from '../ui/format.js'

interface SampleFlags extends SessionFlags, PrecisionFlags {
  readonly count: number
  readonly seed: number
  readonly temperature: number
  readonly columns?: number
  readonly out: string
}

/** Of 28x28 images, 300 MB. */
const MOST = 100_000
const MOST_IN_PICTURE = 10_000

export function addSample(program: Command, context: Context): void {
  const command = addCommand(program, 'sample', {
    description:
      'Draw images from the prior. The same seed gives the same latents in every runtime.',
    example: `
anyvae sample models/first --count 64 --seed 1 --out samples.png
anyvae sample models/first --count 1000 --out samples.npy`,
  })
    .argument('<bundle>', 'folder or URL')
    .addOption(whole('--count <n>', 'images', 1, MOST).default(64))
    .addOption(whole('--seed <n>', 'of the latents', 0).default(0))
    .addOption(
      number('--temperature <x>', "the prior's standard deviation", { least: 0 }).default(1),
    )
    .addOption(whole('--columns <n>', 'of the picture (default: as square as can be)', 1, 1000))
    .addOption(outFlag('a picture, or the values', ['.png', '.npy']).default('samples.png'))
  withCommonFlags(withSessionFlags(withPrecisionFlag(command))).action(
    async (location: string, flags: SampleFlags) => {
      context.settle(await sample(location, flags, context), flags)
    },
  )
}

async function sample(location: string, flags: SampleFlags, { io }: Context): Promise<Outcome> {
  const { imageGrid } = await import('@anyvae/images')
  const { withVae } = await import('../bundles.js')
  const { writeImages } = await import('../output.js')
  const { count, seed, temperature, out, columns = Math.ceil(Math.sqrt(count)) } = flags
  if (out.endsWith('.png') && count > MOST_IN_PICTURE) {
    refuseUsage(
      `--count: too many for a picture, got ${count}, expected at most ${MOST_IN_PICTURE}, or --out samples.npy`,
    )
  }
  const { made, manifest } = await withVae(location, { flags, io }, async (vae) => ({
    made: await vae.sample(count, { seed, temperature }),
    manifest: vae.manifest,
  }))
  const { data, shape } = made
  const warmth = temperature === 1 ? '' : `, temperature ${temperature}`
  const title = `${manifest.name}: ${plural(count, 'sample')}, seed ${seed}${warmth}`
  const picture = () => imageGrid(data, { shape: manifest.image, columns, title })
  await writeImages(out, { picture, data, shape })
  const text = `wrote ${plural(count, 'sample')} to ${out}`
  return { text, json: { bundle: location, out, count, seed, temperature, shape } }
}
