// `anyvae export`: a run's last checkpoint becomes a bundle.
import { readdir } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { addCommand, withCommonFlags } from '../command.js'
import { whole } from '../flags.js'
import { untilStopped } from '../io.js'
import type { CommonFlags, Outcome } from '../outcome.js'
import type { Context } from '../program.js'
import { shellLine } from '../shell.js'
import { bytes } from '../ui/format.js'
import { table } from '../ui/table.js'

interface ExportFlags extends CommonFlags {
  readonly out: string
  readonly name?: string
  readonly opset?: number
  readonly license?: string
  readonly force?: boolean
}

export function addExport(program: Command, context: Context): void {
  const command = addCommand(program, 'export', {
    description: "Write a run's last checkpoint as a bundle: ONNX files, manifest, test vectors.",
    example: 'anyvae export runs/first --out models/first --license MIT',
  })
    .argument('<run>', 'the run folder')
    .addOption(new Option('--out <folder>', 'the bundle').makeOptionMandatory())
    .addOption(new Option('--name <name>', "of the model (default: the bundle folder's)"))
    .addOption(whole('--opset <n>', 'ONNX operator set, 13 to 21 (default: 17)', 13, 21))
    .addOption(
      new Option('--license <id>', "SPDX identifier of the weights' licence (default: other)"),
    )
    .addOption(new Option('--force', 'replace an existing folder'))
  withCommonFlags(command).action(async (run: string, flags: ExportFlags) => {
    context.settle(await exportRun(run, flags, context), flags)
  })
}

async function exportRun(folder: string, flags: ExportFlags, { io }: Context): Promise<Outcome> {
  const { checkVacant, writeFolder } = await import('../folder.js')
  const { out, opset, license, force = false } = flags
  await checkVacant(out, force)
  const name = flags.name ?? basename(resolve(out))
  const options = { name, ...(opset && { opset }), ...(license && { license }) }
  const files = await untilStopped(io.signal, makeFiles(folder, options))
  await writeFolder(out, files, { force, signal: io.signal })
  const sizes = [...files].map(([file, content]) => ({ file, bytes: content.length }))
  const rows = sizes.map((each) => [each.file, bytes(each.bytes)])
  const text = [
    `wrote ${name} to ${out}`,
    table([{ heading: 'file' }, { heading: 'size', right: true }], rows),
    'next:',
    `  ${shellLine(['anyvae', 'verify', out])}`,
    `  ${shellLine(['anyvae', 'sample', out, '--out', 'samples.png'])}`,
  ].join('\n')
  return { text, json: { bundle: out, name, files: sizes } }
}

async function makeFiles(
  folder: string,
  options: { readonly name: string; readonly opset?: number; readonly license?: string },
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { createBundle, trainedOf } = await import('@anyvae/bundle')
  const { readRun } = await import('@anyvae/trainer/node')
  const { reproduceCommand } = await import('../train/settings.js')
  const run = await readRun(folder)
  const reshaped = await isImageFolder(run.data.source)
  const command = reproduceCommand(run, { folder, reshaped })
  return createBundle(trainedOf(run, { command }), options)
}

/** Whether a source is a folder of image files: those may have been resized and converted. */
async function isImageFolder(source: string): Promise<boolean> {
  const names = await readdir(source).catch(() => [])
  return names.length > 0 && !names.some((name) => name.includes('-ubyte'))
}
