// What a command sees of the process: two streams and a signal that stops it.
import { CliError, type ExitCode } from './error.js'

/** A stream that a command writes text to. */
export type Screen = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** All that a command knows of the process that it runs in. */
export interface Io {
  /** Results alone. */
  readonly stdout: Screen
  /** Progress, warnings, errors. */
  readonly stderr: Screen
  /** Aborted by Ctrl-C; its reason is the error that the command ends with. */
  readonly signal: AbortSignal
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const satisfies Record<string, ExitCode>

/**
 * This process as a command sees it. The first SIGINT or SIGTERM aborts the signal; a second one ends
 * the process at once. A stream whose reader has gone away (`| head`) swallows what is still written.
 */
export function processIo(): Io {
  const controller = new AbortController()
  for (const [name, exitCode] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode)
      controller.abort(new CliError(`stopped by ${name}`, { exitCode }))
    })
  }
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  return { stdout: process.stdout, stderr: process.stderr, signal: controller.signal }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** The promise's value, unless the signal aborts first: then its reason is thrown. */
export async function untilStopped<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let stop: () => void = () => undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
  })
  try {
    // The race takes note of both, so that the loser may fail unheard.
    return await Promise.race([stopped, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
