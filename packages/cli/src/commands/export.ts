// `anyvae export`: a run's last checkpoint becomes a bundle, and a bundle gets lighter variants.
import { Option, type Command } from 'commander'
import { addCommand, withCommonFlags } from '../command.js'
import type { ExportFlags, Exported } from '../exported.js'
import { folder, whole } from '../flags.js'
import type { CommonFlags, Outcome } from '../outcome.js'
import { lightPrecisions } from '../precision.js'
import type { Context } from '../program.js'
import { hint } from '../shell.js'
import { SOURCES, withReadingFlags } from '../source.js'
import { bytes, count, signed } from '../ui/format.js'
import { table, type Column } from '../ui/table.js'

interface Flags extends ExportFlags, CommonFlags {
  readonly force?: boolean
}

export function addExport(program: Command, context: Context): void {
  const command = addCommand(program, 'export', {
    description:
      "Write a run's last checkpoint as a bundle: ONNX files, manifest, test vectors. With --precision lighter files stand beside them, what they cost measured; a bundle may be given such files too. With --data the card's figures are means over several draws. A bundle of an older format is written in the present one.",
    example: `
anyvae export runs/first --out models/first --license MIT
anyvae export runs/first --out models/first --precision fp16,int8 --data glyphs
anyvae export models/first --out models/lighter --precision int8 --data mnist
anyvae export models/first --out models/first --force --data mnist --draws 20`,
  })
    .argument('<source>', 'the run folder, or a bundle (folder or URL) to write anew')
    .addOption(folder('--out <folder>', 'the bundle').makeOptionMandatory())
    .addOption(new Option('--name <name>', "of the model (default: the bundle folder's)"))
    .addOption(whole('--opset <n>', 'ONNX operator set, 13 to 21 (default: 17)', 13, 21))
    .addOption(
      new Option('--license <id>', "SPDX identifier of the weights' licence (default: other)"),
    )
    .addOption(
      lightPrecisions('lighter files to add: fp16 (half precision), int8 (static, QDQ), or both'),
    )
    .addOption(
      new Option(
        '--data <source>',
        `its test split measures the card's figures and --precision's files, its training split calibrates int8. ${SOURCES}`,
      ),
    )
    .addOption(
      whole('--draws <n>', "of the card's figures, for mean and deviation (default: 10)", 1),
    )
    .addOption(new Option('--force', 'replace an existing folder'))
  withCommonFlags(withReadingFlags(command)).action(async (source: string, flags: Flags) => {
    context.settle(await exportSource(source, flags, context), flags)
  })
}

async function exportSource(source: string, flags: Flags, { io }: Context): Promise<Outcome> {
  const { checkVacant, checkWritable, writeFolder } = await import('../folder.js')
  const { checkExportFlags, exportedFiles } = await import('../exported.js')
  const { out, force = false } = flags
  checkExportFlags(flags)
  await checkVacant(out, force)
  await checkWritable(out)
  const exported = await exportedFiles(source, flags, io)
  await writeFolder(out, exported.files, { force, signal: io.signal })
  return describe(out, exported)
}

function describe(out: string, { files, manifest, graphs, warnings }: Exported): Outcome {
  const { name } = manifest
  const sizes = [...files].map(([file, content]) => ({ file, bytes: content.length }))
  const rows = sizes.map((each) => [each.file, bytes(each.bytes)])
  const nodes = Object.entries(graphs).map(
    ([file, { before, after }]) => `${file} ${before} → ${after} nodes`,
  )
  const variants = variantsOf(manifest)
  const text = [
    `wrote ${name} to ${out}`,
    table([{ heading: 'file' }, { heading: 'size', right: true }], rows),
    ...nodes,
    ...(variants.length > 0 ? [table(COLUMNS, variants.map(rowOf))] : []),
    'next:',
    `  ${hint('verify', out)}`,
    `  ${hint('sample', out, '--out', 'samples.png')}`,
  ]
  return { text, json: { bundle: out, name, files: sizes, graphs, variants, warnings } }
}

/** What is told of each lighter file: how large it is of float32, and what it costs. */
function variantsOf({ files }: Exported['manifest']) {
  return Object.entries(files).flatMap(([file, { role, precision, bytes, damage }]) => {
    const whole = Object.values(files).find(
      (other) => other.role === role && other.precision === 'float32',
    )
    if (damage === undefined || whole === undefined) return []
    return [{ file, precision, bytes, ratio: bytes / whole.bytes, ...damage }]
  })
}

const COLUMNS: readonly Column[] = [
  { heading: 'lighter file' },
  { heading: 'of float32', right: true },
  { heading: 'PSNR', right: true },
  { heading: 'negative ELBO', right: true },
  { heading: 'measured on' },
]

function rowOf(variant: ReturnType<typeof variantsOf>[number]): string[] {
  const { file, ratio, psnr, negativeElbo, data, images } = variant
  return [
    file,
    ratio.toFixed(3),
    psnr === undefined ? 'equal' : `${psnr.toFixed(1)} dB`,
    `${signed(negativeElbo)} nats`,
    `${count(images)} images of ${data}`,
  ]
}
