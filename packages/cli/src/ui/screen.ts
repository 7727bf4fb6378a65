// The one place where text goes to a terminal or a pipe: control characters in it are escaped here.
import type { OutputStream } from '../io.js'
import { escapeLine, escapeLines } from './escape.js'

/** What commands write text to. */
export interface Screen {
  readonly isTTY: boolean
  /** Of the terminal, or of the variable COLUMNS; undefined where neither tells. */
  readonly columns: number | undefined
  /** A line from any words: whatever control characters are in it are escaped, line feeds too. */
  line(text: string): void
  /** Text of several lines: control characters in it are escaped, but for line feeds. */
  write(text: string): void
  /** The stream itself, for what is no text for people: JSON, CSV, the movements of a progress bar. */
  readonly stream: OutputStream
}

/** A stream as a screen. */
export function screenOf(stream: OutputStream): Screen {
  return {
    stream,
    get isTTY() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns ?? columnsAsked()
    },
    line: (text) => void stream.write(`${escapeLine(text)}\n`),
    write: (text) => void stream.write(escapeLines(text)),
  }
}

/** The width that a caller asks for where there is no terminal. */
function columnsAsked(): number | undefined {
  const asked = Number(process.env['COLUMNS'])
  return Number.isInteger(asked) && asked > 0 ? asked : undefined
}
