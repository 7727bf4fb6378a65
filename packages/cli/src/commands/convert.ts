// `anyvae convert`: a saved TensorFlow.js model becomes an ONNX file.
import { Option, type Command } from 'commander'
import { addCommand, withCommonFlags } from '../command.js'
import { describe } from '../convert/describe.js'
import {
  type InputDims,
  parseInput,
  parseOutput,
  parseRange,
  parseSymbolic,
  type Ranges,
  type Symbolic,
} from '../convert/flags.js'
import { choice, parsed, whole } from '../flags.js'
import { untilStopped, throwIfStopped } from '../io.js'
import type { CommonFlags, Outcome } from '../outcome.js'
import { outFlag } from '../outflag.js'
import type { Context } from '../program.js'
import { VERSION } from '../version.js'

interface ConvertFlags extends CommonFlags {
  readonly out: string
  readonly opset?: number
  readonly symbolic?: Symbolic
  readonly range?: Ranges
  readonly input?: InputDims
  readonly output?: readonly string[]
  readonly layers?: readonly string[]
  readonly noiseInputs?: boolean
  readonly unroll?: boolean
  readonly precision?: 'fp32' | 'fp16'
  readonly assumeFinite?: boolean
  readonly verify: boolean
  readonly force?: boolean
}

export function addConvert(program: Command, context: Context): void {
  const command = addCommand(program, 'convert', {
    description: 'Convert a saved TensorFlow.js model to ONNX.',
    example: 'anyvae convert model.json --out model.onnx',
  })
    .argument('<model>', 'model.json of layers or a graph, or the folder that it is in')
    .addOption(outFlag('the model', ['.onnx']).makeOptionMandatory())
    .addOption(whole('--opset <n>', 'ONNX operator set, 13 to 21 (default: 17)', 13, 21))
  shapeOptions(command)
  contentOptions(command)
  withCommonFlags(command).action(async (model: string, flags: ConvertFlags) => {
    context.settle(await convert(model, flags, context), flags)
  })
}

/** Which tensors go in and come out, and of which sizes. */
function shapeOptions(command: Command): void {
  command
    .addOption(
      parsed(
        '--symbolic <sizes>',
        'sizes to leave open, such as height,width, or multiples: height:32',
        parseSymbolic,
      ),
    )
    .addOption(
      new Option(
        '--range <sizes>',
        'least and largest of an open size, such as length=1..30; may be repeated',
      ).argParser(parseRange),
    )
    .addOption(
      new Option(
        '--input <shape>',
        'shape of an input, such as ids=batch,64, or of an inner node or layer that becomes one; may be repeated',
      ).argParser(parseInput),
    )
    .addOption(
      new Option(
        '--output <names>',
        'inner nodes or layers to be the outputs, such as dense_1 or split:1; may be repeated',
      ).argParser(parseOutput),
    )
}

/** What the graph has in it. */
function contentOptions(command: Command): void {
  command
    .addOption(
      new Option(
        '--layers <module>',
        'module (.mjs) with layers or operations of your own; may be repeated',
      ).argParser((path: string, before: readonly string[] = []) => [...before, path]),
    )
    .addOption(new Option('--noise-inputs', 'make inputs of what layers draw at random'))
    .addOption(new Option('--unroll', 'write recurrent layers step by step, without Scan'))
    .addOption(choice('--precision <name>', 'of weights (default: fp32)', ['fp32', 'fp16']))
    .addOption(
      new Option(
        '--assume-finite',
        'leave out what only treats NaN, infinities, and casts beyond int32',
      ),
    )
    .addOption(new Option('--no-verify', 'do not run both models to compare their values'))
    .addOption(new Option('--force', 'write a model that gives other values all the same'))
}

async function convert(path: string, flags: ConvertFlags, { io }: Context): Promise<Outcome> {
  const { useBackend } = await import('../train/tensorflow.js')
  const { readSavedModel } = await import('../convert/saved/saved.js')
  const { loadedModel, notConverted } = await import('../convert/model.js')
  const { loadLayers } = await import('../convert/custom-layers.js')
  const { exportOnnx } = await import('@anyvae/exporter')
  const { verifyModels } = await import('../convert/verify/verdict.js')
  const { dataFileOf, writeModel } = await import('../convert/write.js')
  const { out, precision = 'fp32', input = {}, output = [], range: ranges = {} } = flags
  const { names: symbolic = [], multiples = {} } = flags.symbolic ?? {}
  // Each step computes for seconds at a time, in which no signal arrives.
  const step = async <T>(work: Promise<T>) => {
    const done = await untilStopped(io.signal, work)
    await throwIfStopped(io.signal)
    return done
  }
  const saved = await step(readSavedModel(path))
  await useBackend('cpu')
  for (const module of flags.layers ?? []) await step(loadLayers(module))
  const loaded = await step(loadedModel(path, saved, { inputs: input, outputs: output }))
  const exported = await step(
    exportOnnx(loaded.model, input, {
      opset: flags.opset ?? 17,
      multiples,
      symbolic,
      ranges,
      noiseInputs: flags.noiseInputs ?? false,
      unroll: flags.unroll ?? false,
      precision: precision === 'fp16' ? 'float16' : 'float32',
      producerVersion: VERSION,
      assumeFinite: flags.assumeFinite ?? false,
      dataFile: dataFileOf(out),
    }).catch((cause: unknown) => notConverted(path, cause)),
  )
  const warn = (line: string) => {
    io.stderr.line(`warning: ${line}`)
  }
  const strictness = { precision, force: flags.force ?? false, multiples, ranges, warn }
  const comparison = flags.verify
    ? await step(verifyModels(loaded, exported, strictness))
    : undefined
  await writeModel(out, exported)
  const uncompared = flags.verify ? ', since the weights take more than 4 GiB' : ''
  return describe(exported, { path, out, format: saved.format, precision, comparison, uncompared })
}
