// `anyvae encode`: images to the means and log-variances of their posteriors.
import { Option, type Command } from 'commander'
import { addCommand, withCommonFlags, withSessionFlags, type SessionFlags } from '../command.js'
import { choice, whole } from '../flags.js'
import type { Outcome } from '../outcome.js'
import { outFlag } from '../outflag.js'
import { withPrecisionFlag, type PrecisionFlags } from '../precision.js'
import type { Context } from '../program.js'
import { SOURCES, withReadingFlags, type ReadingFlags } from '../source.js'
import { plural } from '../ui/format.js'

interface EncodeFlags extends SessionFlags, PrecisionFlags, ReadingFlags {
  readonly data?: string
  readonly split?: 'train' | 'test'
  readonly limit?: number
  readonly out?: string
}

export function addEncode(program: Command, context: Context): void {
  const command = addCommand(program, 'encode', {
    description: 'Encode images: means and log-variances of q(z given x), a row for each image.',
    example: `
anyvae encode models/first one.png two.png
anyvae encode models/first --data glyphs --out latents.npy`,
  })
    .argument('<bundle>', 'folder or URL')
    .argument('[images...]', 'image files, resized and converted as the bundle needs')
    .addOption(new Option('--data <source>', `images: ${SOURCES}`))
    .addOption(choice('--split <name>', 'which part of --data (default: test)', ['test', 'train']))
    .addOption(whole('--limit <n>', 'only the first n images of --data', 1))
    .addOption(
      outFlag('a file, with log-variances in a second .npy file (default: CSV on stdout)', [
        '.npy',
        '.json',
        '.csv',
      ]),
    )
  withCommonFlags(withSessionFlags(withPrecisionFlag(withReadingFlags(command)))).action(
    async (location: string, files: string[], flags: EncodeFlags) => {
      context.settle(await encode(location, { files, flags }, context), flags)
    },
  )
}

interface Request {
  readonly files: readonly string[]
  readonly flags: EncodeFlags
}

async function encode(
  location: string,
  { files, flags }: Request,
  { io }: Context,
): Promise<Outcome> {
  const { loadInputs, withVae } = await import('../bundles.js')
  const { latentFiles, latentRows, latentsCsv } = await import('../latents.js')
  const { inputs, encoded } = await withVae(location, { flags, io }, async (vae) => {
    const inputs = await loadInputs(files, flags, { shape: vae.manifest.image, io })
    return { inputs, encoded: await vae.encode(inputs.set) }
  })
  const rows = latentRows(inputs, encoded)
  const about = { bundle: location, count: rows.length, latent: encoded.shape[1] }
  if (flags.out === undefined) {
    return { text: [], csv: latentsCsv(rows), json: { ...about, images: rows } }
  }
  const { writeOutput } = await import('../output.js')
  const made = latentFiles(flags.out, rows, encoded)
  for (const [path, content] of made) await writeOutput(path, content)
  const out = made.map(([path]) => path)
  const text = `wrote the latents of ${plural(rows.length, 'image')} to ${out.join(' and ')}`
  return { text, json: { ...about, out } }
}
