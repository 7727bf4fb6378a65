// What a command sees of the process: two screens and a signal that stops it.
import { CliError, type ExitCode } from './error.js'
import type { Screen } from './ui/screen.js'

/** A stream as {@link main} takes it. */
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** What the command is given of the process that it runs in. */
export interface Streams {
  /** Results alone. */
  readonly stdout: OutputStream
  /** Progress, warnings, errors. */
  readonly stderr: OutputStream
  /** Aborted by Ctrl-C; its reason is the error that the command ends with. */
  readonly signal: AbortSignal
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
 * the process at once. A stdout whose reader has gone away (`| head`) swallows what is still written.
 */
export function processIo(): Streams {
  const controller = new AbortController()
  for (const [name, exitCode] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode)
      controller.abort(new CliError(`stopped by ${name}`, { exitCode }))
    })
  }
  process.stdout.on('error', failResults)
  // What is only said on the way is not worth a training.
  process.stderr.on('error', () => undefined)
  return { stdout: process.stdout, stderr: process.stderr, signal: controller.signal }
}

/** Results that cannot be written, such as to a full disk, are a failure; a reader that has gone away is none. */
function failResults({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return
  process.stderr.write(`anyvae: stdout: cannot be written, got ${message}, expected room\n`)
  process.exit(1)
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

/** Throws the signal's reason where it has aborted, or would have but for a computation just ended. */
export async function throwIfStopped(signal: AbortSignal): Promise<void> {
  // What the process was sent while it computed is heard within one whole turn of the event loop.
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  signal.throwIfAborted()
}
