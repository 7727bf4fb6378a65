// The files that `anyvae export` writes: a run's bundle, or a bundle's own, and lighter variants.
import { access, readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { BundleFiles, LightPrecision, NodeCounts } from '@anyvae/bundle'
import { parseManifest, type Manifest } from '@anyvae/runtime'
import { refuseUsage } from './error.js'
import { untilStopped, type Io } from './io.js'
import { loadSource, type ReadingFlags } from './source.js'
import { plural } from './ui/format.js'

export interface ExportFlags extends ReadingFlags {
  readonly out: string
  readonly name?: string
  readonly opset?: number
  readonly license?: string
  readonly precision?: readonly LightPrecision[]
  readonly data?: string
  readonly draws?: number
}

/** What an export makes. */
export interface Exported {
  readonly files: BundleFiles
  readonly manifest: Manifest
  /** How many nodes the passes left of each graph that was traced. */
  readonly graphs: Readonly<Record<string, NodeCounts>>
  /** Doubts about the run and the variants. */
  readonly warnings: readonly string[]
}

/** Refuses flags that do not go together. Throws CliError, of wrong usage. */
export function checkExportFlags({ precision, data, draws }: ExportFlags): void {
  if (precision !== undefined && data === undefined) {
    refuseUsage(
      '--data: missing, expected images to calibrate and measure the variants on, such as --data mnist',
    )
  }
  if (draws !== undefined && data === undefined) {
    refuseUsage('--data: missing, expected images to draw the figures on, such as --data mnist')
  }
}

/** All files to write, in memory: the source may be what they replace. */
export async function exportedFiles(source: string, flags: ExportFlags, io: Io): Promise<Exported> {
  const graphs: Record<string, NodeCounts> = {}
  const warnings: string[] = []
  const onWarning = (warning: string) => {
    warnings.push(warning)
    io.stderr.line(`warning: ${warning}`)
  }
  const made = (await isBundle(source))
    ? bundleFiles(source, flags)
    : runFiles(source, flags, {
        onWarning,
        onGraph: (name, nodes) => (graphs[`${name}.onnx`] = nodes),
      })
  const files = await untilStopped(io.signal, made)
  const all = flags.data === undefined ? files : await withData(files, flags, { io, onWarning })
  return { files: all, manifest: manifestIn(all), graphs, warnings }
}

async function isBundle(location: string): Promise<boolean> {
  if (location.includes('://')) return true
  return access(join(location, 'anyvae.json')).then(
    () => true,
    () => false,
  )
}

/** The files of a bundle as they are, but for a manifest and a card of the present format. */
async function bundleFiles(location: string, flags: ExportFlags): Promise<BundleFiles> {
  for (const flag of ['name', 'opset', 'license'] as const) {
    if (flags[flag] === undefined) continue
    refuseUsage(`--${flag}: not for a bundle, which stays as it is, expected a run folder`)
  }
  const { readBundle, renewBundle } = await import('@anyvae/bundle')
  const { bundleReader, nodeBackend } = await import('@anyvae/runtime-node')
  return renewBundle(await readBundle(bundleReader(location)), nodeBackend)
}

interface RunListeners {
  readonly onGraph: (name: string, nodes: NodeCounts) => void
  readonly onWarning: (warning: string) => void
}

async function runFiles(
  folder: string,
  { out, name = basename(resolve(out)), opset, license }: ExportFlags,
  { onGraph, onWarning }: RunListeners,
): Promise<BundleFiles> {
  const { createBundle, trainedOf } = await import('@anyvae/bundle')
  const { readRun } = await import('@anyvae/trainer/node')
  const { reproduceCommand } = await import('./train/settings.js')
  const { doubtsOfRun } = await import('./run-doubts.js')
  const run = await readRun(folder)
  doubtsOfRun(run).forEach(onWarning)
  const reshaped = await isImageFolder(run.data.source)
  // Of a run that a page trained, there is no command that made it.
  const made = 'node' in run.checkpoint.computedWith.versions
  const about = made ? { command: reproduceCommand(run, { folder, reshaped }) } : {}
  const options = { name, ...(opset && { opset }), ...(license && { license }), onGraph }
  return createBundle(trainedOf(run, about), options)
}

/** Whether a source is a folder of image files: those may have been resized and converted. */
export async function isImageFolder(source: string): Promise<boolean> {
  const names = await readdir(source).catch(() => [])
  return names.length > 0 && !names.some((name) => name.includes('-ubyte'))
}

interface Effects {
  readonly io: Io
  readonly onWarning: (warning: string) => void
}

/** The figures are measured on the test split, and so are variants; int8 is calibrated on the training split. */
async function withData(
  files: BundleFiles,
  { precision, data = '', draws, ...reading }: ExportFlags,
  { io, onWarning }: Effects,
): Promise<BundleFiles> {
  const { addVariants, measureQuality, renewBundle } = await import('@anyvae/bundle')
  const { nodeBackend } = await import('@anyvae/runtime-node')
  const { train, test } = await loadSource(data, {
    ...reading,
    shape: manifestIn(files).image,
    io,
  })
  const { signal } = io
  const onProgress = (doing: string) => io.stderr.line(doing)
  const work = async () => {
    onProgress(`drawing figures on ${plural(test.count, 'image')}`)
    const about = { set: test, data, split: 'test', draws, signal } as const
    const quality = await measureQuality(files, nodeBackend, about)
    const measured = await renewBundle(files, nodeBackend, { quality })
    if (precision === undefined) return measured
    const sets = { calibration: train, test }
    const options = { precisions: precision, data, ...sets, signal, onWarning, onProgress }
    return addVariants(measured, nodeBackend, options)
  }
  return untilStopped(io.signal, work())
}

function manifestIn(files: BundleFiles): Manifest {
  return parseManifest(JSON.parse(new TextDecoder().decode(files.get('anyvae.json'))))
}
