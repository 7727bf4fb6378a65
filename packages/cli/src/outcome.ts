// What a command ends with, and how it reaches the screen: lines, or exactly one JSON object.
import { messageOf, stackOf, CliError, type ExitCode } from './error.js'
import type { Io } from './io.js'
import { escapeJson } from './ui/escape.js'
import type { Screen } from './ui/screen.js'
import { tableLines, type Table } from './ui/table.js'

/** A line, or a table that is laid out for the screen's width. */
export type Printed = string | Table

/** What a command found or made. */
export interface Outcome {
  /** For people: one line or several; control characters from names and messages are escaped in printing. */
  readonly text: string | readonly Printed[]
  /** What follows the text, as it is where no terminal shows it: a file's content on its way to a pipe. */
  readonly csv?: string
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
export function printOutcome(io: Io, outcome: Outcome, flags: CommonFlags): void {
  const { text, csv = '', json } = outcome
  if (flags.json === true) return printJson(io, json)
  printLines(io.stdout, text)
  if (io.stdout.isTTY) io.stdout.write(csv)
  else io.stdout.stream.write(csv)
}

/** Prints lines and tables. */
export function printLines(screen: Screen, text: Outcome['text']): void {
  for (const part of typeof text === 'string' ? [text] : text) {
    const lines = typeof part === 'string' ? [part] : tableLines(part, screen.columns)
    for (const line of lines) screen.line(line)
  }
}

/** Prints why a command failed, on stderr, and with `--json` on stdout too; returns the exit code. */
export function printFailure(io: Io, thrown: unknown, flags: CommonFlags): ExitCode {
  const message = messageOf(thrown)
  const { exitCode, facts, command } =
    thrown instanceof CliError ? thrown : { exitCode: 1 as const, facts: {}, command: undefined }
  if (flags.verbose === true) io.stderr.write(`anyvae: ${stackOf(thrown)}\n`)
  else io.stderr.line(`anyvae: ${message}`)
  if (command !== undefined) io.stderr.line(`  ${command}`)
  if (flags.json === true) {
    const error = command === undefined ? message : `${message}\n  ${command}`
    printJson(io, { error, exitCode, ...facts })
  }
  return exitCode
}

function printJson({ stdout }: Io, json: Outcome['json']): void {
  stdout.stream.write(`${escapeJson(JSON.stringify(json))}\n`)
}
