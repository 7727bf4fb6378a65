// Mutations of a file with a JSON text on each line.
import { bytesOf, textOf, type Mutator } from '../target.js'
import type { Random } from '../random.js'
import { changeJson } from './json.js'
import { mutateText } from './text.js'

type LinesMutation = (lines: string[], at: number, random: Random) => string[]

const mutations: readonly LinesMutation[] = [
  (lines, at, random) => lines.with(at, changeJson(lines[at] ?? '', random)),
  (lines, at, random) => lines.with(at, changeJson(lines[at] ?? '', random)),
  (lines, at, random) => lines.with(at, changeJson(lines[at] ?? '', random)),
  (lines, at) => lines.toSpliced(at, 1),
  (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
  (lines, at, random) => lines.toSpliced(at, 0, random.pick(['', ' ', '{}', 'null', '[]', '#'])),
  (lines, at, random) => lines.with(at, random.pick(lines)),
  (lines) => lines.toReversed(),
  (lines, at) => lines.with(at, `${lines[at] ?? ''}\r`),
]

/** Changes one line of an input. */
export const mutateLines: Mutator = (input, random, seeds) => {
  if (random.chance(0.1)) return mutateText(input, random, seeds)
  const lines = textOf(input).split('\n')
  return bytesOf(random.pick(mutations)(lines, random.below(lines.length), random).join('\n'))
}
