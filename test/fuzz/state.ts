// What a child process tells of its progress: a few numbers in a file, which outlive the process.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/** How far a child has come. */
export interface Progress {
  /** The input at hand; as many as asked once all are done. */
  readonly index: number
  readonly accepted: number
  readonly refused: number
  /** Processor time of the slowest input, in milliseconds. */
  readonly slowest: number
  /** The highest resident memory, in bytes. */
  readonly peak: number
}

const FIELDS = ['index', 'accepted', 'refused', 'slowest', 'peak'] as const

/** No input yet. */
export const NO_PROGRESS: Progress = { index: -1, accepted: 0, refused: 0, slowest: 0, peak: 0 }

/** A writer that overwrites the numbers in place. */
export function progressWriter(path: string) {
  const file = openSync(path, 'w')
  return {
    write: (progress: Progress) => {
      const numbers = Float64Array.from(FIELDS, (field) => progress[field])
      writeSync(file, numbers, 0, numbers.byteLength, 0)
    },
    close: () => closeSync(file),
  }
}

/** The numbers that were written last. */
export function readProgress(path: string): Progress {
  const bytes = readBytes(path)
  if (bytes.length < 8 * FIELDS.length) return NO_PROGRESS
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = FIELDS.map((field, i) => [field, view.getFloat64(8 * i, true)] as const)
  return { ...NO_PROGRESS, ...Object.fromEntries(entries) }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch {
    // The child has not begun.
    return new Uint8Array(0)
  }
}
