// Tables as text: columns padded to their widest cell, numbers to the right.

/** A heading and whether the cells below it stand at the right. */
export interface Column {
  readonly heading: string
  readonly right?: boolean
}

/** A line of headings and a line for each row. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const all = [columns.map((column) => column.heading), ...rows]
  const widths = columns.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    columns
      .map(({ right }, i) => {
        const [cell = '', width = 0] = [row[i], widths[i]]
        return right === true ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return all.map(line).join('\n')
}
