// Mutations of text: numbers, quotes, brackets, control characters, pieces lost and doubled.
import type { Random } from '../random.js'
import { bytesOf, textOf, type Mutator } from '../target.js'
import { rangeIn } from './bytes.js'
import { NUMERALS, TEXTS } from './edges.js'

type TextMutation = (text: string, random: Random) => string

function splice(text: string, [start, end]: readonly [number, number], by: string): string {
  return text.slice(0, start) + by + text.slice(end)
}

/** Replaces one match of a pattern; the text as it is where there is none. */
function replaceOne(text: string, pattern: RegExp, random: Random, by: string): string {
  const matches = [...text.matchAll(pattern)]
  if (matches.length === 0) return text
  const { index, 0: match } = random.pick(matches)
  return splice(text, [index, index + match.length], by)
}

const mutations: readonly TextMutation[] = [
  (text, random) => replaceOne(text, /-?\d+(\.\d+)?(e[+-]?\d+)?/gi, random, random.pick(NUMERALS)),
  (text, random) => replaceOne(text, /[A-Za-z_]+/g, random, random.pick(TEXTS)),
  (text, random) =>
    replaceOne(text, /[^\w\s]/g, random, random.pick(['', '"', "'", ',', ':', '(', ']', '\\'])),
  (text, random) => {
    const at = random.below(text.length + 1)
    return splice(text, [at, at], random.pick(TEXTS))
  },
  (text, random) => splice(text, rangeIn(text.length, random), ''),
  (text, random) => {
    const [start, end] = rangeIn(text.length, random)
    return splice(text, [end, end], text.slice(start, end))
  },
  (text, random) => {
    const at = random.below(text.length)
    return splice(text, [at, at + 1], (text[at] ?? '').repeat(1 + random.below(3000)))
  },
  (text, random) => {
    const [start, end] = rangeIn(text.length, random)
    const part = text.slice(start, end)
    return splice(text, [start, end], random.chance(0.5) ? part.toUpperCase() : part.toLowerCase())
  },
  (text, random) => text.slice(0, random.below(text.length)),
]

/** Changes a text in one place. */
export function changeText(text: string, random: Random): string {
  return text === '' ? random.pick(TEXTS) : random.pick(mutations)(text, random)
}

/** Changes an input that is text. */
export const mutateText: Mutator = (input, random) => bytesOf(changeText(textOf(input), random))
