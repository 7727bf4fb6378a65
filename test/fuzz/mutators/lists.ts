// Mutations of JSON lists of texts, such as the arguments of a command line or the names in a folder.
import type { Random } from '../random.js'
import { jsonBytes, textOf, type Mutator } from '../target.js'
import { mutateJson } from './json.js'

type Change = (text: string, random: Random) => string

/**
 * A mutator of lists of texts.
 *
 * @param words texts to put in
 * @param change a mutation of one text
 */
export function mutateList(words: readonly string[], change: Change): Mutator {
  return (input, random, seeds) => {
    const list = textsIn(input)
    if (list === undefined) return mutateJson(input, random, seeds)
    const at = random.below(list.length)
    const other = textsIn(random.pick(seeds)) ?? []
    const changed = random.pick([
      () => list.toSpliced(at, 0, random.pick(words)),
      () => list.toSpliced(at, 1),
      () => [...list, ...list.slice(at, at + 2)],
      () => list.map((text, i) => (i === at ? change(text, random) : text)),
      () => list.map((text, i) => (i === at ? change(text, random) : text)),
      () => list.map((text, i) => (i === at ? random.pick(words) : text)),
      () => [...list.slice(0, at), ...other.slice(random.below(other.length))],
      () => [...list.slice(at), ...list.slice(0, at)],
    ])()
    return jsonBytes(changed)
  }
}

/** The texts of an input; undefined where it is no list of texts. */
export function textsIn(input: Uint8Array): string[] | undefined {
  try {
    const value: unknown = JSON.parse(textOf(input))
    return Array.isArray(value) && value.every((each) => typeof each === 'string')
      ? value
      : undefined
  } catch {
    return undefined
  }
}
