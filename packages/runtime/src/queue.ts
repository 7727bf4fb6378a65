// One task after another.

/** Starts a task once those queued before it have settled, and settles as it does. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>

/**
 * A queue of its own. Sessions that must not run side by side share one. No two tasks begin in the same
 * turn of the event loop, so that a page can draw and hear between them.
 */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  let turn: Promise<unknown> | undefined
  return (task) => {
    const next = last.then(async () => {
      await turn
      turn = nextTurn()
      return task()
    })
    last = next.catch(() => undefined)
    return next
  }
}

let channel: MessageChannel | undefined

/** The next turn of the event loop, sooner than a timer, which waits for 4 ms. */
function nextTurn(): Promise<unknown> {
  return new Promise((resolve) => {
    // In Node, where a port would keep the process alive.
    if ('setImmediate' in globalThis) return setImmediate(resolve)
    const { port1, port2 } = (channel ??= new MessageChannel())
    port1.addEventListener('message', resolve, { once: true })
    port1.start()
    port2.postMessage(0)
  })
}
