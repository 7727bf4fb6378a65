// The inputs of a target: input number i follows from the target's name, the seed and i.
import { mutateBytes } from './mutators/bytes.js'
import { createRandom } from './random.js'
import type { Target } from './target.js'

/** The largest input; mutations that go beyond it are cut off. */
const LARGEST = 2 ** 20

/** How many mutations stand on top of each other at most. */
const DEPTH = 4

/** How many inputs in a hundred are seeds as they stand. */
const UNCHANGED = 0.01

/** Which input of which target. */
export interface InputId {
  readonly target: string
  readonly seed: number
  readonly index: number
}

/** Makes an input: a seed of the target after one to four mutations. */
export function makeInput(
  { mutate }: Pick<Target, 'mutate'>,
  seeds: readonly Uint8Array[],
  { target, seed, index }: InputId,
): Uint8Array {
  const random = createRandom(seed, `fuzz/${target}/${index}`)
  let input = Uint8Array.from(random.pick(seeds))
  if (random.chance(UNCHANGED)) return input
  const depth = 1 + Math.min(random.below(DEPTH), random.below(DEPTH))
  for (let i = 0; i < depth; i++) {
    const mutator = random.chance(0.2) ? mutateBytes : mutate
    input = Uint8Array.from(mutator(input, random, seeds).subarray(0, LARGEST))
  }
  return input
}
