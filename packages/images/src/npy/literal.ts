// Python literals as they stand in the header of a .npy file, read no more loosely than Python reads them.

/** A value of a literal. Numbers keep their text, since Python's know no bound. */
export type Literal =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'name'; readonly value: 'True' | 'False' | 'None' }
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly Literal[] }
  | { readonly kind: 'dictionary'; readonly entries: readonly (readonly [Literal, Literal])[] }

/** Reads on, or says where the text is no literal. */
class Reader {
  at = 0
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** Takes what a sticky pattern finds here, after blanks. */
  take(pattern: RegExp): string | undefined {
    this.skip()
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    this.at += found?.length ?? 0
    return found
  }

  skip(): void {
    while (/^[ \t\n]$/.test(this.text.charAt(this.at))) this.at++
  }

  fail(expected: string): never {
    const rest = this.text.slice(this.at, this.at + 12)
    throw new SyntaxError(
      `${rest === '' ? 'its end' : JSON.stringify(rest)} at ${this.at}, expected ${expected}`,
    )
  }
}

/** Deeper ones are refused: no header needs them, and the stack has an end. */
const DEEPEST = 16

/**
 * The value of a text in the part of Python's syntax that NumPy writes: strings without escapes, numbers
 * (`12L` as Python 2 wrote them), True, False, None, tuples, lists and dictionaries.
 *
 * @throws SyntaxError whose message says what was got where, and what expected
 */
export function parseLiteral(text: string): Literal {
  const reader = new Reader(text)
  if (/^[ \t\n]*\n[ \t]/.test(text)) reader.fail('no indented line')
  const value = readValue(reader, 0)
  reader.skip()
  if (reader.at < text.length) reader.fail('nothing more')
  return value
}

function readValue(reader: Reader, depth: number): Literal {
  if (depth > DEEPEST) reader.fail(`no more than ${DEEPEST} brackets in one another`)
  const quoted = reader.take(/'[^'\\\n\0]*'|"[^"\\\n\0]*"/y)
  if (quoted !== undefined) return { kind: 'string', value: quoted.slice(1, -1) }
  const number = reader.take(/[+-]?(\d+\.\d*([eE][+-]?\d+)?|\.\d+|\d+)L?(?![\w.])/y)
  if (number !== undefined) return { kind: 'number', text: number }
  const name = reader.take(/(True|False|None)(?!\w)/y)
  if (name === 'True' || name === 'False' || name === 'None') return { kind: 'name', value: name }
  const opening = reader.take(/[[({]/y)
  if (opening === '{') return { kind: 'dictionary', entries: readEntries(reader, depth) }
  if (opening === '[') {
    return { kind: 'list', items: readItems(reader, { closing: /\]/y, depth }).items }
  }
  if (opening === '(') return readParenthesis(reader, depth)
  return reader.fail('a value')
}

/** One value in parentheses is itself; a comma makes it a tuple. */
function readParenthesis(reader: Reader, depth: number): Literal {
  const { items, comma } = readItems(reader, { closing: /\)/y, depth })
  const [only] = items
  return only && items.length === 1 && !comma ? only : { kind: 'tuple', items }
}

function readItems(
  reader: Reader,
  { closing, depth }: { readonly closing: RegExp; readonly depth: number },
): { items: Literal[]; comma: boolean } {
  const items: Literal[] = []
  let comma = false
  while (reader.take(closing) === undefined) {
    if (items.length > 0 && !comma) reader.fail('a comma')
    items.push(readValue(reader, depth + 1))
    comma = reader.take(/,/y) !== undefined
  }
  return { items, comma }
}

function readEntries(reader: Reader, depth: number): [Literal, Literal][] {
  const entries: [Literal, Literal][] = []
  let comma = true
  while (reader.take(/\}/y) === undefined) {
    if (!comma) reader.fail('a comma')
    const key = readValue(reader, depth + 1)
    if (reader.take(/:/y) === undefined) reader.fail('a colon')
    entries.push([key, readValue(reader, depth + 1)])
    comma = reader.take(/,/y) !== undefined
  }
  return entries
}
