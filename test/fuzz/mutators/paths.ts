// Mutations of paths: parts that leave a folder, in every spelling that some reader undoes.
import type { Random } from '../random.js'
import { bytesOf, textOf, type Mutator } from '../target.js'
import { TEXTS } from './edges.js'
import { mutateText } from './text.js'

const PARTS = [
  '..',
  '.',
  '',
  '...',
  '.. ',
  ' ..',
  '.\t.',
  '\t..',
  '..\n',
  '%2e%2e',
  '%2E.',
  '.%2e',
  '..%2f',
  '..\\',
  '\\..',
  '..;',
  '..#',
  '..?',
  '.\r.',
  '\u200b..',
  '．．',
  '..\0',
  'C:',
  'c:',
  'http:',
  'file:',
  '~',
  '@host',
  'localhost',
  'con',
  'NUL.onnx',
  'a ',
  'a.',
  'a:b',
  'encoder.onnx',
  'models',
  '.git',
  '-rf',
  '$HOME',
  '\u202e',
  'é',
  '😀',
] as const
const SEPARATORS = ['/', '//', '\\', '/./', '%2f', '\t/', '/\t', '∕', '／'] as const

type PathMutation = (path: string, random: Random) => string

const mutations: readonly PathMutation[] = [
  (path, random) => random.pick(PARTS) + random.pick(SEPARATORS) + path,
  (path, random) => path + random.pick(SEPARATORS) + random.pick(PARTS),
  (path, random) => path.replace('/', random.pick(SEPARATORS)),
  (path, random) => {
    const parts = path.split('/')
    return parts.with(random.below(parts.length), random.pick(PARTS)).join('/')
  },
  (path, random) => {
    const at = random.below(path.length + 1)
    return (
      path.slice(0, at) +
      random.pick(['\t', '\n', '\r', ' ', '\0', '.', '/', '\\', '%', ':']) +
      path.slice(at)
    )
  },
  (_, random) =>
    Array.from({ length: 1 + random.below(6) }, () => random.pick(PARTS)).join(
      random.pick(SEPARATORS),
    ),
  (path, random) => path + random.pick(TEXTS),
]

/** Changes a path in one place. */
export function changePath(path: string, random: Random): string {
  return random.pick(mutations)(path, random)
}

/** Changes an input that is a path. */
export const mutatePath: Mutator = (input, random, seeds) =>
  random.chance(0.1) ? mutateText(input, random, seeds) : bytesOf(changePath(textOf(input), random))
