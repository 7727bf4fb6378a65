// A turn of the event loop, so that signals, clicks and progress bars get through between computations.

/**
 * Resolves in the next turn of the event loop. A message channel, not a timer: browsers slow a background
 * tab's timers down to one a second.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
