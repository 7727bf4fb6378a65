// `anyvae eval`: how good a bundle is on images: negative ELBO, its two terms, active units.
import { Option, type Command } from 'commander'
import type { BundleEvaluator } from '@anyvae/bundle'
import type { Evaluation } from '@anyvae/trainer'
import {
  addCommand,
  sessionOptions,
  withCommonFlags,
  withSessionFlags,
  type SessionFlags,
} from '../command.js'
import { choice, whole } from '../flags.js'
import type { Outcome } from '../outcome.js'
import type { Context } from '../program.js'
import { SOURCES } from '../source.js'
import { count, nats } from '../ui/format.js'

interface EvalFlags extends SessionFlags {
  readonly data: string
  readonly split?: 'train' | 'test'
  readonly seed?: number
  readonly limit?: number
}

export function addEval(program: Command, context: Context): void {
  const command = addCommand(program, 'eval', {
    description:
      'Measure a bundle: negative ELBO, reconstruction, KL (nats per image), active units.',
    example: 'anyvae eval models/first --data glyphs --json',
  })
    .argument('<bundle>', 'folder or URL')
    .addOption(new Option('--data <source>', `images: ${SOURCES}`).makeOptionMandatory())
    .addOption(
      choice('--split <name>', 'which part of the images (default: test)', ['test', 'train']),
    )
    .addOption(whole('--seed <n>', 'of the posterior samples (default: 0)', 0))
    .addOption(whole('--limit <n>', 'only the first n images', 1))
  withCommonFlags(withSessionFlags(command)).action(async (location: string, flags: EvalFlags) => {
    context.settle(await evaluateBundle(location, flags, context), flags)
  })
}

/** Images at a time; it changes no draw. */
const BATCH = 500

async function evaluateBundle(
  location: string,
  flags: EvalFlags,
  { io }: Context,
): Promise<Outcome> {
  const { BINARISATION, bundleEvaluator } = await import('@anyvae/bundle')
  const { bundleReader, nodeBackend } = await import('@anyvae/runtime-node')
  const { evaluate } = await import('@anyvae/trainer')
  const { loadSplit } = await import('../bundles.js')
  const evaluator = await bundleEvaluator(
    bundleReader(location),
    nodeBackend,
    sessionOptions(flags),
  )
  const set = await loadSplit(flags.data, flags, { shape: evaluator.image, io })
  const { seed = 0 } = flags
  const { latent } = evaluator
  const evaluation = await evaluate(evaluator, set, {
    seed,
    batchSize: BATCH,
    latent,
    signal: io.signal,
  })
  await evaluator.release()
  return describe(evaluation, { location, flags, evaluator, greyValues: BINARISATION })
}

interface Subject {
  readonly location: string
  readonly flags: EvalFlags
  readonly evaluator: BundleEvaluator
  /** What every Bernoulli figure is measured with. */
  readonly greyValues: string
}

function describe(
  evaluation: Evaluation,
  { location, flags, evaluator, greyValues }: Subject,
): Outcome {
  const { negativeElbo, reconstruction, kl, activeUnits, images, samples, seed } = evaluation
  const { name, architecture, latentSize, likelihood } = evaluator.manifest
  const { data, split = 'test' } = flags
  const binarisation =
    likelihood === 'bernoulli' ? greyValues : 'none (a density of grey values from 0 to 1)'
  const network = { ...architecture, latent: latentSize, likelihood }
  const figures = { negativeElbo, reconstruction, kl, activeUnits, images, binarisation, samples }
  const text = [
    `negative ELBO   ${nats(negativeElbo)} nats per image`,
    `reconstruction  ${nats(reconstruction)}`,
    `KL              ${nats(kl)}`,
    `active units    ${activeUnits} of ${latentSize}`,
    `images          ${count(images)}, ${split} split of ${data}`,
    `binarisation    ${binarisation}`,
    `samples         ${samples} per image from the posterior, seed ${seed}`,
    `network         ${name}: ${architecture.name}, ${likelihood}`,
  ].join('\n')
  return { text, json: { bundle: location, name, ...figures, seed, split, data, network } }
}
