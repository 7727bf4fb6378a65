// Command lines that are parsed and not run, such as those in documents and of the fuzzer.
import { CommanderError } from 'commander'
import { asFailure, checkCommand } from './main.js'
import { createProgram } from './program.js'
import { screenOf } from './ui/screen.js'
import { Writable } from 'node:stream'

/** What a command line asks for. */
export interface ParsedCommand {
  /** The command's name; nothing where help or the version is asked for. */
  readonly command?: string
  readonly args: readonly string[]
  /** The flags' values by their names in camel case. */
  readonly flags: Readonly<Record<string, unknown>>
}

/**
 * Parses a command line, without the names of node and the script, as `main` does, and runs nothing.
 *
 * @throws CliError with exit code 2 (by rejection) where `main` would refuse it before a command begins
 */
export async function parseCommand(argv: readonly string[]): Promise<ParsedCommand> {
  const nowhere = screenOf(new Writable({ write: (_chunk, _encoding, done) => done() }))
  const io = { stdout: nowhere, stderr: nowhere, signal: new AbortController().signal }
  const program = createProgram({ io, settle: () => undefined })
  let parsed: ParsedCommand = { args: [], flags: {} }
  for (const command of program.commands) {
    command.action(() => {
      parsed = { command: command.name(), args: command.args, flags: command.opts() }
    })
  }
  try {
    checkCommand(program, argv)
    await program.parseAsync(argv, { from: 'user' })
    return parsed
  } catch (thrown) {
    const isHelp = thrown instanceof CommanderError && thrown.exitCode === 0
    if (isHelp) return parsed
    throw asFailure(thrown, program, argv)
  }
}
