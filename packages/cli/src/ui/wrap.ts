// Text in lines of a width: broken between words, and within a word that is longer than a line.

/** How lines are broken. */
export interface WrapOptions {
  readonly width: number
  /** Columns by which every line after the first is indented. */
  readonly hanging?: number
}

/** Lines of at most `width` characters, of one column each. Text without words is one empty line. */
export function wrap(text: string, { width, hanging = 0 }: WrapOptions): string[] {
  const lines: string[] = []
  let line = ''
  const room = () => Math.max(1, width - (lines.length === 0 ? 0 : hanging))
  const end = () => {
    lines.push((lines.length === 0 ? '' : ' '.repeat(hanging)) + line)
    line = ''
  }
  for (const word of text.split(' ').filter((each) => each !== '')) {
    if (line !== '' && line.length + 1 + word.length > room()) end()
    let rest = word
    while (rest.length > room()) {
      const cut = breakOf(rest, room())
      line = rest.slice(0, cut)
      rest = rest.slice(cut)
      end()
    }
    line = line === '' ? rest : `${line} ${rest}`
  }
  if (line !== '' || lines.length === 0) end()
  return lines
}

/** Where a word is best broken: behind the last of some marks in its second half, else at the width. */
function breakOf(word: string, width: number): number {
  const head = word.slice(0, width)
  const mark = Math.max(...['/', '\\', '-', '_', '=', ':'].map((c) => head.lastIndexOf(c)))
  return mark >= width / 2 ? mark + 1 : width
}

/** A command line in lines of a width, each but the last with a backslash at its end: a shell takes them as one. */
export function wrapCommand(line: string, { width, hanging = 4 }: WrapOptions): string[] {
  const lines = wrapWords(line, { width: width - 2, hanging })
  return lines.map((each, i) => (i === lines.length - 1 ? each : `${each} \\`))
}

/** As {@link wrap}, no word broken: a path that is longer than a line stays whole. */
function wrapWords(text: string, { width, hanging = 0 }: WrapOptions): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + 1 + word.length > width) {
      lines.push(line === undefined ? word : ' '.repeat(hanging) + word)
    } else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
