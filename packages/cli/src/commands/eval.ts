// `anyvae eval`: how good a bundle is on images: negative ELBO, its two terms, active units.
import { Option, type Command } from 'commander'
import type { Manifest, Precision } from '@anyvae/runtime'
import type { DrawnEvaluation } from '@anyvae/trainer'
import {
  addCommand,
  sessionOptions,
  withCommonFlags,
  withSessionFlags,
  type SessionFlags,
} from '../command.js'
import { choice, whole } from '../flags.js'
import { checkBundleLocation } from '../location.js'
import type { Outcome } from '../outcome.js'
import { precisionOf, withPrecisionFlag, type PrecisionFlags } from '../precision.js'
import type { Context } from '../program.js'
import { SOURCES, withReadingFlags, type ReadingFlags } from '../source.js'
import { bits as bitsText, count, NAT, nats } from '../ui/format.js'

interface EvalFlags extends SessionFlags, PrecisionFlags, ReadingFlags {
  readonly data: string
  readonly split?: 'train' | 'test'
  readonly seed?: number
  readonly limit?: number
  readonly draws?: number
}

export function addEval(program: Command, context: Context): void {
  const command = addCommand(program, 'eval', {
    description: `Measure a bundle: negative ELBO, reconstruction, KL (nats per image), active units. ${NAT}`,
    example: 'anyvae eval models/first --data glyphs --json',
  })
    .argument('<bundle>', 'folder or URL')
    .addOption(new Option('--data <source>', `images: ${SOURCES}`).makeOptionMandatory())
    .addOption(
      choice('--split <name>', 'which part of the images (default: test)', ['test', 'train']),
    )
    .addOption(whole('--seed <n>', 'of the first draw of posterior samples (default: 0)', 0))
    .addOption(
      whole('--draws <n>', 'evaluations to give mean and standard deviation of (default: 10)', 1),
    )
    .addOption(whole('--limit <n>', 'only the first n images', 1))
  withCommonFlags(withSessionFlags(withPrecisionFlag(withReadingFlags(command)))).action(
    async (location: string, flags: EvalFlags) => {
      context.settle(await evaluateBundle(location, flags, context), flags)
    },
  )
}

/** Images at a time; it changes no draw. */
const BATCH = 500

async function evaluateBundle(
  location: string,
  flags: EvalFlags,
  { io }: Context,
): Promise<Outcome> {
  await checkBundleLocation(location)
  const { bundleEvaluator, DEFAULT_DRAWS } = await import('@anyvae/bundle')
  const { bundleReader, nodeBackend } = await import('@anyvae/runtime-node')
  const { bitsNote, bitsPerDimension, evaluateDraws } = await import('@anyvae/trainer')
  const { loadSplit } = await import('../bundles.js')
  const { binarisationOf } = await import('../protocol.js')
  const precision = precisionOf(flags)
  const sessions = { ...sessionOptions(flags), precision }
  const evaluator = await bundleEvaluator(bundleReader(location), nodeBackend, sessions)
  try {
    const { latent, image, manifest } = evaluator
    const set = await loadSplit(flags.data, flags, { shape: image, io })
    const { seed = 0, draws = DEFAULT_DRAWS } = flags
    const options = { seed, draws, batchSize: BATCH, latent, signal: io.signal }
    const evaluation = await evaluateDraws(evaluator, set, options)
    const binarisation = binarisationOf(manifest)
    const bits = bitsPerDimension(evaluation.negativeElbo, image)
    const about = { location, flags, manifest, precision, binarisation }
    return describe(evaluation, { ...about, bits, note: bitsNote(manifest.likelihood) })
  } finally {
    await evaluator.release()
  }
}

interface Subject {
  readonly location: string
  readonly flags: EvalFlags
  readonly manifest: Manifest
  readonly precision: Precision
  readonly binarisation: string
  /** Per dimension, and what they are of. */
  readonly bits: number
  readonly note: string
}

function describe(
  evaluation: DrawnEvaluation,
  { location, flags, manifest, precision, binarisation, bits, note }: Subject,
): Outcome {
  const { negativeElbo, standardDeviation, reconstruction, kl, activeUnits } = evaluation
  const { images, samples, seed, draws } = evaluation
  const { name, architecture, latentSize, likelihood } = manifest
  const { data, split = 'test' } = flags
  const network = { ...architecture, latent: latentSize, likelihood }
  const spread = standardDeviation === undefined ? {} : { standardDeviation }
  const protocol = { images, binarisation, samples, draws }
  const figures = {
    negativeElbo,
    bitsPerDimension: bits,
    ...spread,
    reconstruction,
    kl,
    activeUnits,
    ...protocol,
  }
  const deviation = standardDeviation === undefined ? '' : ` ± ${nats(standardDeviation)}`
  const seeds = draws === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + draws - 1}`
  const text = [
    `negative ELBO   ${nats(negativeElbo)}${deviation} nats per image`,
    `bits            ${bitsText(bits)} per dimension: ${note}`,
    `reconstruction  ${nats(reconstruction)}`,
    `KL              ${nats(kl)}`,
    `active units    ${activeUnits} of ${latentSize}`,
    `images          ${count(images)}, ${split} split of ${data}`,
    `binarisation    ${binarisation}`,
    `samples         ${samples} per image from the posterior, in ${count(draws)} ${draws === 1 ? 'draw' : 'draws'} (${seeds})`,
    `network         ${name}: ${architecture.name}, ${likelihood}`,
    `precision       ${precision}`,
  ]
  return {
    text,
    json: { bundle: location, name, ...figures, seed, split, data, network, precision },
  }
}
