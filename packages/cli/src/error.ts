// The error that this package throws, and what a thrown value is as text.
import { escapeMessage } from './ui/escape.js'

/** 0 done, 1 failed, 2 wrong usage; 130 and 143 stopped by SIGINT (Ctrl-C) and SIGTERM. */
export type ExitCode = 0 | 1 | 2 | 130 | 143

export interface CliErrorOptions extends ErrorOptions {
  /** Default 1. */
  readonly exitCode?: ExitCode
  /** What a program may want to know, beside the message: printed with `--json`. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** A command line that helps: it stands on a line of its own below the message. */
  readonly command?: string | undefined
}

/** A command that cannot be carried out. The message says what, got and expected, in one line. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: ExitCode
  readonly facts: Readonly<Record<string, unknown>>
  readonly command: string | undefined

  constructor(
    message: string,
    { exitCode = 1, facts = {}, command, ...options }: CliErrorOptions = {},
  ) {
    super(escapeMessage(message), options)
    this.exitCode = exitCode
    this.facts = facts
    this.command = command
  }
}

/** Refuses a flag or argument: exit code 2. */
export function refuseUsage(message: string): never {
  throw new CliError(message, { exitCode: 2 })
}

/** What a thrown value says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** A thrown value with its stack and those of its causes. */
export function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const stack = thrown.stack ?? thrown.message
  return thrown.cause === undefined ? stack : `${stack}\ncaused by ${stackOf(thrown.cause)}`
}
