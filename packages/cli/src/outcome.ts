// What a command ends with, and how it reaches the screen: a text, or exactly one JSON object.
import { messageOf, stackOf, CliError, type ExitCode } from './error.js'
import type { Io } from './io.js'

/** What a command found or made. */
export interface Outcome {
  /** For people, without a line feed at its end. */
  readonly text: string
  /** For programs: what `--json` prints instead. */
  readonly json: Readonly<Record<string, unknown>>
  /** 0 where left out. */
  readonly exitCode?: ExitCode
}

/** Flags that every command has. */
export interface CommonFlags {
  readonly json?: boolean
  readonly verbose?: boolean
}

/** Prints a command's outcome on stdout. */
export function printOutcome(io: Io, { text, json }: Outcome, flags: CommonFlags): void {
  io.stdout.write(flags.json === true ? `${JSON.stringify(json)}\n` : `${text}\n`)
}

/** Prints why a command failed, on stderr, and with `--json` on stdout too; returns the exit code. */
export function printFailure(io: Io, thrown: unknown, flags: CommonFlags): ExitCode {
  const message = messageOf(thrown)
  const { exitCode, facts } =
    thrown instanceof CliError ? thrown : { exitCode: 1 as const, facts: {} }
  io.stderr.write(`anyvae: ${flags.verbose === true ? stackOf(thrown) : message}\n`)
  if (flags.json === true)
    io.stdout.write(`${JSON.stringify({ error: message, exitCode, ...facts })}\n`)
  return exitCode
}
