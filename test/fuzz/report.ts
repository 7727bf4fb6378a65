// The table and the list of findings that a fuzz run ends with.
import type { Summary } from './supervise.js'

const COLUMNS = ['target', 'inputs', 'accepted', 'refused', 'findings', 'slowest', 'peak'] as const

/** One line for each target, columns aligned. */
export function tableOf(summaries: readonly Summary[]): string {
  const rows = [[...COLUMNS], ...summaries.map(rowOf)]
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
  return rows.map(line).join('\n')
}

function rowOf(summary: Summary): string[] {
  const { target, inputs, accepted, refused, slowest, peak } = summary
  return [
    target,
    ...[inputs, accepted, refused, findingsOf(summary)].map((count) => count.toLocaleString('en')),
    `${slowest.toFixed(0)} ms`,
    `${(peak / 2 ** 20).toFixed(0)} MiB`,
  ]
}

/** How many inputs of a target were treated wrongly. */
export function findingsOf({ causes }: Summary): number {
  return causes.reduce((sum, { count }) => sum + count, 0)
}

/** Each cause with the command that runs its input again. */
export function causesOf({ target, causes, stopped }: Summary): string[] {
  const lines = causes.map(
    ({ fault, detail, file, count }) =>
      `${target}: ${fault}, ${count} times: ${detail}\n  npm run fuzz -- --target ${target} --replay ${file}`,
  )
  return stopped === undefined ? lines : [...lines, `${target}: given up, ${stopped}`]
}
