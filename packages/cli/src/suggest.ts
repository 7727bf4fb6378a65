// "Did you mean": the closest of some words to one that was mistyped.

/** ` (did you mean conv?)` where one of the permitted words is close, else nothing. */
export function suggestion(word: string, permitted: readonly string[]): string {
  const close = closest(word, permitted)
  return close === undefined ? '' : ` (did you mean ${close}?)`
}

/** The closest word, where a typing error or two turn it into what was typed; case does not count. */
export function closest(word: string, permitted: readonly string[]): string | undefined {
  const typed = word.toLowerCase()
  const ranked = permitted
    .map((each) => ({ each, distance: editDistance(typed, each.toLowerCase()) }))
    .filter(({ each, distance }) => distance <= errorsIn(Math.max(typed.length, each.length)))
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.each
}

/** Typing errors that a word of so many letters may hold; of three letters one makes it any other word. */
function errorsIn(letters: number): number {
  return letters < 4 ? 0 : Math.max(1, Math.min(3, Math.floor(letters / 3)))
}

/** Damerau and Levenshtein's: insertions, deletions, replacements, and exchanges of two neighbours. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const exchanged = isExchange ? at(i - 2, j - 2) + 1 : Infinity
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, exchanged))
    }
  }
  return at(a.length, b.length)
}
