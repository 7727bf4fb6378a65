// Random choices that follow from a seed and a name alone, so that any input can be made again.
import { randomStream } from '@anyvae/random'

/** A sequence of random choices. */
export interface Random {
  /** A whole number from 0 to `bound - 1`; 0 where the bound is below 1. */
  below(bound: number): number
  /** Whether something of this probability happens. */
  chance(probability: number): boolean
  /** One of a list. Throws RangeError where it is empty. */
  pick<T>(list: readonly T[]): T
}

const WORDS = 64

/** The choices of a seed and a name. */
export function createRandom(seed: number, name: string): Random {
  const stream = randomStream(seed, name)
  let words: Uint32Array = new Uint32Array(0)
  let offset = 0
  const word = (): number => {
    if (offset % WORDS === 0) words = stream.words(WORDS, offset)
    return words[offset++ % WORDS] ?? 0
  }
  const below = (bound: number) => Math.floor((word() * Math.max(1, Math.floor(bound))) / 2 ** 32)
  return {
    below,
    chance: (probability) => word() < probability * 2 ** 32,
    pick: <T>(list: readonly T[]) => {
      if (list.length === 0) throw new RangeError('pick: nothing to pick from, got an empty list')
      return list[below(list.length)] as T
    },
  }
}
