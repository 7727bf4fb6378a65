// Names that a mistyped one may have been meant for.

/** Of a list, the few names most like another one, the nearest first; none where nothing is near. */
export function nearNames(wrong: string, names: readonly string[], most = 5): string[] {
  const scored = [...new Set(names)].map((name) => ({ name, score: unlikeness(wrong, name) }))
  return scored
    .filter(({ score }) => score <= MOST_UNLIKE)
    .sort((a, b) => a.score - b.score || a.name.length - b.name.length)
    .slice(0, most)
    .map(({ name }) => name)
}

/** About every second character another one. */
const MOST_UNLIKE = 0.5

/** 0 for the same text; a part of a scope path is nearer than another spelling. */
function unlikeness(wrong: string, name: string): number {
  const [a, b] = [wrong.toLowerCase(), name.toLowerCase()]
  if (a === b) return 0
  const parts = b.split(/[/:]/)
  if (parts.includes(a)) return 0.1
  if (a.length > 2 && b.includes(a)) return 0.2
  const whole = editDistance(a, b) / Math.max(a.length, b.length)
  // The end of a path that has as many parts as the wrong name.
  const end = parts.slice(-a.split(/[/:]/).length).join('/')
  return Math.min(whole, 0.1 + editDistance(a, end) / Math.max(a.length, end.length))
}

/** The least number of characters to change, put in or leave out (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
