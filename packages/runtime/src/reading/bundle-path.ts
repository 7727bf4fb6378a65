// The paths that files of a bundle may have.
import { refuse } from '../error.js'

/** A letter, a digit or `_` first, no space or dot last. */
const NAME = /^\w(?:[\w. -]{0,98}[\w-])?$/

/** Names of devices to Windows, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** The longest path: Windows permits 260 characters with the folder. */
const LONGEST = 200

/**
 * A path of a file within a bundle, unchanged: names of ASCII letters, digits, `_`, `-`, `.` and spaces,
 * with slashes between them, each beginning with a letter, a digit or `_` and not ending with a dot or a
 * space; of at most 100 characters each and 200 in all; none that is a device to Windows.
 *
 * @throws RuntimeError where it is no such path
 */
export function checkPath(path: string): string {
  const text = String(path)
  const plain = text.split('/').every((name) => NAME.test(name) && !DEVICE.test(name))
  if (plain && text.length <= LONGEST) return path
  const problem = "bundle: a file's path leaves the folder or is unusable"
  const got = JSON.stringify(text.slice(0, LONGEST)).replace(/[^ -~]/g, escaped)
  refuse(problem, got, 'a relative path inside the folder, of plain names')
}

/** As JSON escapes the control characters that it knows. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
