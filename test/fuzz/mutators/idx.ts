// Mutations of IDX files: the magic number's type and rank, and the sizes.
import { replaced, integerBytes, mutateBytes } from './bytes.js'
import { INTEGERS } from './edges.js'
import type { Mutator } from '../target.js'

const TYPES = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, 0x00, 0xff] as const

/** Changes an IDX file. */
export const mutateIdx: Mutator = (input, random, seeds) => {
  if (input.length < 8) return mutateBytes(input, random, seeds)
  return random.pick([
    () => replaced(input, [2, 3], Uint8Array.of(random.pick(TYPES))),
    () => replaced(input, [3, 4], Uint8Array.of(random.pick([0, 1, 2, 3, 4, 5, 128, 255]))),
    () => {
      const at = 4 + 4 * random.below(3)
      return replaced(input, [at, at + 4], integerBytes(random.pick(INTEGERS), 4, false))
    },
    () => {
      const [a, b] = [4 + 4 * random.below(3), 4 + 4 * random.below(3)]
      return replaced(input, [a, a + 4], input.subarray(b, b + 4))
    },
    () => input.subarray(0, random.below(24)),
    () => mutateBytes(input, random, seeds),
  ])()
}
