// The program: every command with its flags and help. Nothing heavy is imported before a command runs.
import { Command } from 'commander'
import type { CommonFlags, Outcome } from './outcome.js'
import { addConvert } from './commands/convert.js'
import { addData } from './commands/data.js'
import { addDoctor } from './commands/doctor.js'
import { addEncode } from './commands/encode.js'
import { addEval } from './commands/eval.js'
import { addExport } from './commands/export.js'
import { addInterpolate } from './commands/interpolate.js'
import { addManifold } from './commands/manifold.js'
import { addReconstruct } from './commands/reconstruct.js'
import { addSample } from './commands/sample.js'
import { addTrain } from './commands/train.js'
import { addVerify } from './commands/verify.js'
import type { Io } from './io.js'
import { addExamples, LAYOUT } from './ui/help.js'
import { VERSION } from './version.js'

/** What a command is given beside its arguments and flags. */
export interface Context {
  readonly io: Io
  /** Told what the command ends with, once. */
  settle(outcome: Outcome, flags: CommonFlags): void
}

/** All commands; parsing throws commander's errors instead of ending the process. */
export function createProgram(context: Context): Command {
  const program = new Command('anyvae')
    .description('Train variational autoencoders, ship them as ONNX, run them anywhere.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => context.io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => context.io.stdout.columns ?? 100,
    })
    .configureHelp(LAYOUT)
    .exitOverride()
  addExamples(program, EXAMPLE, STREAMS)
  const commands = [addTrain, addExport, addVerify, addEval, addEncode]
  const pictures = [addSample, addReconstruct, addInterpolate, addManifold]
  for (const add of [...commands, ...pictures, addData, addConvert, addDoctor])
    add(program, context)
  return program
}

const EXAMPLE = `
anyvae train --data glyphs --out runs/first
anyvae export runs/first --out models/first
anyvae sample models/first --out samples.png`

const STREAMS =
  'Results go to stdout, progress and warnings to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.'
