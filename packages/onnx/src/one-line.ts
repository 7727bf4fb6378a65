// Messages of errors: one line of bounded length, whatever they quote.

const LONGEST = 2000
const HEAD = 1500

/**
 * A message as one line of at most 2,000 characters: control characters and line separators become
 * escapes such as `\n` or `\x1b`, and the middle of a longer text is left out. For classes of errors, whose
 * messages quote names and values from files.
 */
export function oneLine(message: string): string {
  const line = message.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, escaped)
  if (line.length <= LONGEST) return line
  const cut = ' … '
  return line.slice(0, HEAD) + cut + line.slice(HEAD + cut.length - LONGEST)
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16)
  const long = character > '\u007f' ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
  return SHORT[character] ?? long
}
