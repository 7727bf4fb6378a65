// Tables as text: columns padded to their widest cell, numbers to the right; on narrow screens one cell a line.
import { escapeLine } from './escape.js'

/** A heading and whether the cells below it stand at the right. */
export interface Column {
  readonly heading: string
  readonly right?: boolean
}

/** Columns and rows that are laid out once the width is known. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
}

/** A line of headings and a line for each row; cells may hold any characters. */
export function table(columns: readonly Column[], rows: Table['rows']): Table {
  return { columns, rows: rows.map((row) => row.map(escapeLine)) }
}

/** Lines of at most `width` characters, but for cells that are longer than a line. */
export function tableLines({ columns, rows }: Table, width = Infinity): string[] {
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
  const lines = all.map(line)
  return Math.max(...lines.map(({ length }) => length)) <= width
    ? lines
    : rows.flatMap((row) => stacked(columns, row))
}

/** A row below one another: the first cell as a heading, each further one behind its column's name. */
function stacked(columns: readonly Column[], [first = '', ...others]: readonly string[]): string[] {
  const cells = others.map((cell, i) => `  ${columns[i + 1]?.heading ?? ''} ${cell}`.trimEnd())
  return [first, ...cells.filter((_, i) => others[i] !== '')]
}
