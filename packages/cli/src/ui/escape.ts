// Makes text from outside safe to show: a terminal obeys control characters, and names may hold any.

/**
 * What a terminal obeys or what reorders and breaks the text around it: C0 and C1 controls with DEL, the
 * marks, embeddings, overrides and isolates of bidirectional text, and Unicode's line and paragraph separators.
 */
const CONTROLS =
  // eslint-disable-next-line no-control-regex -- they are what this looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Text as one line: each control character as an escape, such as `\n`, `\x1b` or `\u202e`. */
export function escapeLine(text: string): string {
  return text.replace(CONTROLS, (control) => SHORT[control] ?? escapeCode(control))
}

/** As {@link escapeLine}, but line feeds stay: for text that is several lines of our own. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeLine).join('\n')
}

/** Characters of the longest message, and of what is kept of a longer one's beginning. */
const LONGEST = 2000
const HEAD = 1500

/** As {@link escapeLine}, of at most 2,000 characters: the middle of a longer text is left out. */
export function escapeMessage(text: string): string {
  const line = escapeLine(text)
  if (line.length <= LONGEST) return line
  return `${line.slice(0, HEAD)} … ${line.slice(HEAD + 3 - LONGEST)}`
}

/** JSON that says the same in characters that every terminal shows. */
export function escapeJson(json: string): string {
  return json.replace(CONTROLS, (control) => `\\u${hexOf(control, 4)}`)
}

/** A word in the quotes of bash, zsh and ksh that take escapes, such as `$'a\nb'`. */
export function quoteEscaped(word: string): string {
  return `$'${escapeLine(word.replace(/[\\']/g, '\\$&'))}'`
}

/** Whether a text holds a control character. */
export function hasControls(text: string): boolean {
  return text.search(CONTROLS) >= 0
}

function escapeCode(control: string): string {
  const isShort = control <= '\u007f'
  return isShort ? `\\x${hexOf(control, 2)}` : `\\u${hexOf(control, 4)}`
}

function hexOf(control: string, digits: number): string {
  return control.charCodeAt(0).toString(16).padStart(digits, '0')
}
