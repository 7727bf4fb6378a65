// The files that `anyvae export` writes: a run's bundle, or a bundle's own, and lighter variants.
import { access, readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { BundleFiles, LightPrecision, NodeCounts } from '@anyvae/bundle'
import { parseManifest, type Manifest } from '@anyvae/runtime'
import { refuseUsage } from './error.js'
import { untilStopped, type Io } from './io.js'
import { loadSource } from './source.js'

export interface ExportFlags {
  readonly out: string
  readonly name?: string
  readonly opset?: number
  readonly license?: string
  readonly precision?: readonly LightPrecision[]
  readonly data?: string
}

/** What an export makes. */
export interface Exported {
  readonly files: BundleFiles
  readonly manifest: Manifest
  /** How many nodes the passes left of each graph that was traced. */
  readonly graphs: Readonly<Record<string, NodeCounts>>
  /** Doubts about the variants. */
  readonly warnings: readonly string[]
}

/** Refuses flags that do not go together. Throws CliError, of wrong usage. */
export function checkExportFlags({ precision, data }: ExportFlags): void {
  if (precision !== undefined && data === undefined) {
    refuseUsage(
      '--data: missing, expected images to calibrate and measure the variants on, such as --data mnist',
    )
  }
  if (precision === undefined && data !== undefined) {
    refuseUsage('--data: for lighter variants alone, expected --precision fp16, int8 or both too')
  }
}

/** All files to write, in memory: the source may be what they replace. */
export async function exportedFiles(source: string, flags: ExportFlags, io: Io): Promise<Exported> {
  const graphs: Record<string, NodeCounts> = {}
  const made = (await isBundle(source))
    ? bundleFiles(source, flags)
    : runFiles(source, flags, (name, nodes) => (graphs[`${name}.onnx`] = nodes))
  const files = await untilStopped(io.signal, made)
  const warnings: string[] = []
  const onWarning = (warning: string) => {
    warnings.push(warning)
    io.stderr.line(`warning: ${warning}`)
  }
  const all = flags.precision ? await withVariants(files, flags, { io, onWarning }) : files
  return { files: all, manifest: manifestIn(all), graphs, warnings }
}

async function isBundle(location: string): Promise<boolean> {
  if (location.includes('://')) return true
  return access(join(location, 'anyvae.json')).then(
    () => true,
    () => false,
  )
}

/** The files of a bundle as they are, to which variants are added. */
async function bundleFiles(location: string, flags: ExportFlags): Promise<BundleFiles> {
  for (const flag of ['name', 'opset', 'license'] as const) {
    if (flags[flag] === undefined) continue
    refuseUsage(`--${flag}: not for a bundle, which stays as it is, expected a run folder`)
  }
  if (flags.precision === undefined) {
    refuseUsage(
      `${location}: a bundle already, expected a run folder, or --precision fp16, int8 or both to add variants`,
    )
  }
  const { readBundle } = await import('@anyvae/bundle')
  const { bundleReader } = await import('@anyvae/runtime-node')
  return readBundle(bundleReader(location))
}

async function runFiles(
  folder: string,
  { out, name = basename(resolve(out)), opset, license }: ExportFlags,
  onGraph: (name: string, nodes: NodeCounts) => void,
): Promise<BundleFiles> {
  const { createBundle, trainedOf } = await import('@anyvae/bundle')
  const { readRun } = await import('@anyvae/trainer/node')
  const { reproduceCommand } = await import('./train/settings.js')
  const run = await readRun(folder)
  const reshaped = await isImageFolder(run.data.source)
  // Of a run that a page trained, there is no command that made it.
  const made = 'node' in run.checkpoint.computedWith.versions
  const about = made ? { command: reproduceCommand(run, { folder, reshaped }) } : {}
  const options = { name, ...(opset && { opset }), ...(license && { license }), onGraph }
  return createBundle(trainedOf(run, about), options)
}

/** Whether a source is a folder of image files: those may have been resized and converted. */
async function isImageFolder(source: string): Promise<boolean> {
  const names = await readdir(source).catch(() => [])
  return names.length > 0 && !names.some((name) => name.includes('-ubyte'))
}

/** int8 is calibrated on the training split, and everything is measured on the test split. */
async function withVariants(
  files: BundleFiles,
  { precision = [], data = '' }: ExportFlags,
  { io, onWarning }: { readonly io: Io; readonly onWarning: (warning: string) => void },
): Promise<BundleFiles> {
  const { addVariants } = await import('@anyvae/bundle')
  const { nodeBackend } = await import('@anyvae/runtime-node')
  const { train, test } = await loadSource(data, { shape: manifestIn(files).image, io })
  return untilStopped(
    io.signal,
    addVariants(files, nodeBackend, {
      precisions: precision,
      data,
      calibration: train,
      test,
      signal: io.signal,
      onWarning,
      onProgress: (doing) => io.stderr.line(doing),
    }),
  )
}

function manifestIn(files: BundleFiles): Manifest {
  return parseManifest(JSON.parse(new TextDecoder().decode(files.get('anyvae.json'))))
}
