// One task after another.

/** Starts a task once those queued before it have settled, and settles as it does. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>

/** A queue of its own. Sessions that must not run side by side share one. */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const next = last.then(task)
    last = next.catch(() => undefined)
    return next
  }
}
