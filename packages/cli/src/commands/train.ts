// `anyvae train`: trains a network in a run folder, or goes on with one.
import { Option, type Command } from 'commander'
import { addCommand, PROVIDERS, sessionFlag, withCommonFlags } from '../command.js'
import { choice, folder, number, parsed, whole, wholes } from '../flags.js'
import type { Context } from '../program.js'
import { NAT } from '../ui/format.js'
import { SOURCES, withSourceFlags } from '../source.js'
import {
  ACTIVATIONS,
  ARCHITECTURES,
  BACKENDS,
  ENGINES,
  LIKELIHOODS,
  parseDuration,
  parseSchedule,
  PROFILE_FILE,
  PROFILE_STEPS,
  type TrainFlags,
} from '../train/flags.js'

export function addTrain(program: Command, context: Context): void {
  const command = addCommand(program, 'train', {
    description: `Train a variational autoencoder in a run folder; --resume goes on where it stopped. Losses are in nats per image. ${NAT}`,
    example: `
anyvae train --data glyphs --out runs/first
anyvae train --data mnist --arch conv --latent 32 --seed 7 --out runs/conv
anyvae train --resume runs/conv`,
  })
    .addOption(new Option('--data <source>', `images to train on: ${SOURCES}`))
    .addOption(
      new Option(
        '--stream',
        'read the images as they are needed, from disk: for more than fit in memory',
      ),
    )
    .addOption(folder('--out <folder>', 'the run folder, new or empty'))
    .addOption(
      folder('--resume [folder]', 'go on with a run, with the settings that it was begun with'),
    )
  withSourceFlags(withEngineFlags(withSettingFlags(command))).addOption(
    new Option(
      '--profile [file]',
      `time the kernels of ${PROFILE_STEPS} steps first, and keep ONNX Runtime's profile (default: ${PROFILE_FILE}); without --out nothing else is done`,
    ),
  )
  withCommonFlags(command).action(async (flags: TrainFlags) => {
    const { runTraining } = await import('../train/run.js')
    context.settle(await runTraining(flags, context.io), flags)
  })
}

function withSettingFlags(command: Command): Command {
  return command
    .addOption(choice('--arch <name>', 'network (default: mlp)', ARCHITECTURES))
    .addOption(
      whole(
        '--epochs <n>',
        'times through the images (default: as many as 4,000 steps take, 10 to 1,000)',
        1,
      ),
    )
    .addOption(
      whole('--batch <n>', 'images a step (default: about a sixteenth of all, 8 to 128)', 1),
    )
    .addOption(whole('--latent <n>', 'latent variables (default: 20)', 1))
    .addOption(wholes('--hidden <n,...>', 'widths of hidden layers, mlp only (default: 400)'))
    .addOption(
      choice('--activation <name>', 'of hidden layers, mlp only (default: relu)', ACTIVATIONS),
    )
    .addOption(
      wholes('--filters <n,...>', 'of conv (default: 16,32) or each level of resnet (32,64,128)'),
    )
    .addOption(whole('--kernel <n>', 'height and width of filters, conv only (default: 5)', 1))
    .addOption(whole('--blocks <n>', 'residual blocks a level, resnet only (default: 1)', 1))
    .addOption(choice('--likelihood <name>', 'of pixels (default: bernoulli)', LIKELIHOODS))
    .addOption(number('--beta <x>', 'weight of the KL term (default: 1)', { least: 0 }))
    .addOption(
      parsed(
        '--kl-warmup <length>',
        'beta grows from 0 over epochs, 3, or steps, 500steps',
        parseDuration,
      ),
    )
    .addOption(
      number('--lr <x>', "Adam's learning rate, at its highest (default: 0.003)", { above: 0 }),
    )
    .addOption(
      parsed(
        '--schedule <name>',
        'of the learning rate: cosine, linear, step, constant; with settings as in cosine,warmup=1 or step,every=5,factor=0.5 (default: cosine,warmup=0.5,final=0)',
        parseSchedule,
      ),
    )
    .addOption(whole('--seed <n>', 'of everything random (default: 1)', 0))
}

function withEngineFlags(command: Command): Command {
  return command
    .addOption(choice('--engine <name>', 'what computes (default: onnx)', ENGINES))
    .addOption(choice('--backend <name>', 'of the tfjs engine (default: cpu)', BACKENDS))
    .addOption(choice('--provider <name>', 'of the onnx engine (default: cpu)', PROVIDERS))
    .addOption(whole('--threads <n>', 'of the onnx engine (default: all)', 1))
    .addOption(sessionFlag('further session options of the onnx engine'))
}
