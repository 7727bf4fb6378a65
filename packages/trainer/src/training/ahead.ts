// One value ahead: what is read for the next computation is begun before the present one.

/**
 * The values in their order, each asked for before the one in front of it is given: where values are read
 * from a disk, that goes on while the one in front is worked on. Values that are no promises are given at
 * once. Where it ends early, it first waits for what was begun.
 */
export async function* oneAhead<T>(values: Iterable<T | Promise<T>>): AsyncGenerator<T, void> {
  const iterator = values[Symbol.iterator]()
  let ahead = begin(iterator)
  try {
    while (ahead.done !== true) {
      const value = await ahead.value
      ahead = begin(iterator)
      yield value
    }
  } finally {
    if (ahead.done !== true) await Promise.allSettled([ahead.value])
  }
}

function begin<T>(iterator: Iterator<T | Promise<T>, unknown>) {
  const result = iterator.next()
  // A failure is heard when its turn comes; until then it is nobody's.
  if (result.done !== true && result.value instanceof Promise) result.value.catch(() => undefined)
  return result
}
