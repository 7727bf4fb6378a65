// `anyvae convert`: a saved TensorFlow.js model becomes an ONNX file.
import { Option, type Command } from 'commander'
import type { ExportedModel } from '@anyvae/exporter'
import { addCommand, withCommonFlags } from '../command.js'
import { parseInput, parseSymbolic, type InputDims, type Symbolic } from '../convert/flags.js'
import type { LoadedModel } from '../convert/model.js'
import { CliError } from '../error.js'
import { choice, parsed, whole } from '../flags.js'
import { untilStopped, throwIfStopped } from '../io.js'
import type { CommonFlags, Outcome } from '../outcome.js'
import { outFlag } from '../outflag.js'
import type { Context } from '../program.js'
import { bytes, plural } from '../ui/format.js'
import { VERSION } from '../version.js'

interface ConvertFlags extends CommonFlags {
  readonly out: string
  readonly opset?: number
  readonly symbolic?: Symbolic
  readonly input?: InputDims
  readonly precision?: 'fp32' | 'fp16'
  readonly assumeFinite?: boolean
  readonly verify: boolean
}

export function addConvert(program: Command, context: Context): void {
  const command = addCommand(program, 'convert', {
    description: 'Convert a saved TensorFlow.js model to ONNX.',
    example: 'anyvae convert model.json --out model.onnx',
  })
    .argument('<model>', 'model.json of layers or a graph, or the folder that it is in')
    .addOption(outFlag('the model', ['.onnx']).makeOptionMandatory())
    .addOption(whole('--opset <n>', 'ONNX operator set, 13 to 21 (default: 17)', 13, 21))
    .addOption(
      parsed(
        '--symbolic <sizes>',
        'sizes to leave open, such as height,width, or multiples: height:32',
        parseSymbolic,
      ),
    )
    .addOption(
      new Option(
        '--input <shape>',
        'shape of an input, such as ids=batch,64; may be repeated',
      ).argParser(parseInput),
    )
    .addOption(choice('--precision <name>', 'of weights (default: fp32)', ['fp32', 'fp16']))
    .addOption(
      new Option(
        '--assume-finite',
        'leave out what only treats NaN, infinities, and casts beyond int32',
      ),
    )
    .addOption(new Option('--no-verify', 'do not run both models to compare their values'))
  withCommonFlags(command).action(async (model: string, flags: ConvertFlags) => {
    context.settle(await convert(model, flags, context), flags)
  })
}

/** Largest difference that rounding explains, relative to 1 or the value. */
const TOLERANCE = { fp32: 1e-4, fp16: 5e-2 } as const

async function convert(path: string, flags: ConvertFlags, { io }: Context): Promise<Outcome> {
  const { useBackend } = await import('../train/tensorflow.js')
  const { readSavedModel } = await import('../convert/saved.js')
  const { loadedModel, notConverted } = await import('../convert/model.js')
  const { exportOnnx } = await import('@anyvae/exporter')
  const { dataFileOf, writeModel } = await import('../convert/write.js')
  const { out, precision = 'fp32', opset = 17, symbolic, input, assumeFinite = false } = flags
  // Each step computes for seconds at a time, in which no signal arrives.
  const step = async <T>(work: Promise<T>) => {
    const done = await untilStopped(io.signal, work)
    await throwIfStopped(io.signal)
    return done
  }
  const saved = await step(readSavedModel(path))
  await useBackend('cpu')
  const loaded = await step(loadedModel(path, saved))
  const { names = [], multiples = {} } = symbolic ?? {}
  const exported = await step(
    exportOnnx(loaded.model, input, {
      opset,
      multiples,
      symbolic: names,
      precision: precision === 'fp16' ? 'float16' : 'float32',
      producerVersion: VERSION,
      assumeFinite,
      dataFile: dataFileOf(out),
    }).catch((cause: unknown) => notConverted(path, cause)),
  )
  const difference = flags.verify
    ? await step(verified(loaded, exported, { ...flags, multiples }))
    : null
  await writeModel(out, exported)
  return describe(exported, { path, format: saved.format, flags, difference })
}

/** The difference that was found; null where the weights are too large to be run from memory. */
async function verified(
  loaded: LoadedModel,
  exported: ExportedModel,
  {
    precision = 'fp32',
    multiples,
  }: Pick<ConvertFlags, 'precision'> & { readonly multiples: Symbolic['multiples'] },
): Promise<number | null> {
  const { largestDifference } = await import('../convert/compare.js')
  const difference = await largestDifference(loaded, exported, multiples)
  if (difference === undefined) return null
  if (difference <= TOLERANCE[precision]) return difference
  const { knownDeviation } = await import('../convert/deviations.js')
  throw new CliError(
    `convert: the ONNX model gives other values, got a difference of ${difference.toExponential(1)}, expected at most ${TOLERANCE[precision]}; ${knownDeviation(loaded.model) ?? ''}nothing was written (--no-verify writes it all the same)`,
  )
}

interface Made {
  readonly path: string
  readonly format: string
  readonly flags: ConvertFlags
  readonly difference: number | null
}

function describe(exported: ExportedModel, { path, format, flags, difference }: Made): Outcome {
  const { out, precision = 'fp32' } = flags
  const { nodes, model, inputs, outputs } = exported
  const size = [exported.bytes, ...exported.data].reduce((sum, { length }) => sum + length, 0)
  const opset = model.opsets['']
  const list = (values: ExportedModel['inputs']) =>
    values.map(({ name, dataType, dims = [] }) => `${name} ${dataType}[${dims.join(', ')}]`)
  const text = [
    `wrote ${out}: ${bytes(size)}, opset ${opset}, ${precision}, from a ${format}`,
    ...list(inputs).map((line) => `input       ${line}`),
    ...list(outputs).map((line) => `output      ${line}`),
    `nodes       ${nodes.traced} traced, ${plural(nodes.written, 'node')} written`,
    difference === null
      ? `difference  not measured${flags.verify ? ', since the weights take more than 4 GiB' : ''}`
      : `difference  ${difference.toExponential(1)} at most from TensorFlow.js, on random numbers`,
  ]
  const facts = { format, opset, precision, bytes: size, inputs, outputs, nodes, difference }
  return { text, json: { model: path, out, ...facts } }
}
