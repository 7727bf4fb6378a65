// Shuffles with random access: any stretch of an order at once, and no list of all its numbers.

/**
 * The order of a shuffle: which numbers stand in `count` places from `first` on, a fresh array. Places
 * outside the shuffled range are a RangeError.
 */
export type Shuffle = (first: number, count: number) => Uint32Array

/** The fewest rounds at which small shuffles show no bias (see the tests) are 6. */
const ROUNDS = 8

/** Narrower sides need more rounds: on a side of 4, 100,000 keys still tell 6 rounds from chance. */
const LEAST_SIDE = 8

/**
 * A bijection of the numbers below `size`: a balanced Feistel network (Luby and Rackoff 1988) over pairs of
 * digits to the base `side`, with addition for exclusive or, and cycle walking where a pair lies outside
 * (both: Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002). Memory and the cost of
 * beginning grow with the square root of the size.
 *
 * @param draw whole numbers below `side` for the tables of the rounds, `side` to each
 * @throws RangeError where the size is no whole number from 0 to 2^32 - 1
 */
export function shuffle(size: number, draw: (side: number, count: number) => Uint32Array): Shuffle {
  if (!Number.isInteger(size) || size < 0 || size >= 2 ** 32) {
    throw new RangeError(
      `shuffle: not a usable size, got ${size}, expected a whole number from 0 to 2^32 - 1`,
    )
  }
  const side = Math.max(LEAST_SIDE, Math.ceil(Math.sqrt(size)))
  const tables = draw(side, ROUNDS * side)
  return (first, count) => {
    if (!(first >= 0 && count >= 0 && first + count <= size)) {
      throw new RangeError(
        `shuffle: no such places, got ${first} to ${first + count}, expected them within 0 to ${size}`,
      )
    }
    const order = new Uint32Array(count)
    for (let i = 0; i < count; i++) {
      let number = first + i
      do number = walk(tables, side, number)
      while (number >= size)
      order[i] = number
    }
    return order
  }
}

/** One pass through the rounds, which take turns in moving the high and the low digit. */
function walk(tables: Uint32Array, side: number, number: number): number {
  let high = Math.floor(number / side)
  let low = number - high * side
  for (let table = 0; table < tables.length; table += 2 * side) {
    high += tables[table + low] ?? 0
    if (high >= side) high -= side
    low += tables[table + side + high] ?? 0
    if (low >= side) low -= side
  }
  return high * side + low
}
