// Encoded images as rows, and as the files that they are written to.
import { extname } from 'node:path'
import type { Encoded } from '@anyvae/runtime-node'
import type { Inputs } from './bundles.js'
import { encodeNpy } from './npy.js'

/** One encoded image. */
export interface LatentRow {
  /** A file's path, or the image's place in its split. */
  readonly image: string
  /** The name of its class, where it has one. */
  readonly label?: string
  readonly mean: readonly number[]
  readonly logVariance: readonly number[]
}

/** A row for each image. */
export function latentRows({ set, names }: Inputs, encoded: Encoded): LatentRow[] {
  const latent = encoded.shape[1]
  const row = (values: Float32Array, i: number) => [
    ...values.subarray(i * latent, (i + 1) * latent),
  ]
  return names.map((image, i) => {
    const label = set.labels?.[i]
    return {
      image,
      ...(label !== undefined && { label: set.classNames?.[label] ?? String(label) }),
      mean: row(encoded.mean, i),
      logVariance: row(encoded.logVariance, i),
    }
  })
}

/** Rows as CSV with a heading: image, label, mean_0, …, log_variance_0, … */
export function latentsCsv(rows: readonly LatentRow[]): string {
  const columns = (name: string) => (rows[0]?.mean ?? []).map((_, i) => `${name}_${i}`)
  const heading = ['image', 'label', ...columns('mean'), ...columns('log_variance')]
  const lines = rows.map(({ image, label = '', mean, logVariance }) =>
    [quoted(image), quoted(label), ...mean, ...logVariance].join(','),
  )
  return `${[heading.join(','), ...lines].join('\n')}\n`
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The files of some rows: one of .json or .csv; of .npy two, the second for the log-variances. */
export function latentFiles(
  out: string,
  rows: readonly LatentRow[],
  { mean, logVariance, shape }: Encoded,
): [path: string, content: Uint8Array | string][] {
  const ending = extname(out)
  if (ending === '.json') return [[out, `${JSON.stringify(rows)}\n`]]
  if (ending === '.csv') return [[out, latentsCsv(rows)]]
  const second = `${out.slice(0, -ending.length)}.log_variance${ending}`
  return [
    [out, encodeNpy(mean, shape)],
    [second, encodeNpy(logVariance, shape)],
  ]
}
