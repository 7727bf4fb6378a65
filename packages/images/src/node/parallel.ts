// Work on many items, a few of them at a time.

/** As many as keep every thread of the system's at work, and no more. */
const AT_ONCE = 8

/** Works through items in order, a few at a time; the first failure ends it. */
export async function inParallel<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed = false
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length && !failed; i = next++) {
      signal?.throwIfAborted()
      const item = items[i]
      if (item !== undefined) await work(item, i)
    }
  }
  const guarded = (): Promise<void> =>
    worker().catch((error: unknown) => {
      failed = true
      throw error
    })
  await Promise.all(Array.from({ length: AT_ONCE }, guarded))
}
