// The anyvae command: parses, runs one command, prints its outcome, and answers with an exit code.
import { CommanderError, type Command } from 'commander'
import { CliError, refuseUsage, type ExitCode } from './error.js'
import { processIo, type Streams } from './io.js'
import { printFailure, printOutcome, type CommonFlags } from './outcome.js'
import { createProgram } from './program.js'
import { hint } from './shell.js'
import { suggestion } from './suggest.js'
import { screenOf } from './ui/screen.js'

/** Runs one command line, without the names of node and the script. Never throws. */
export async function main(argv: readonly string[], streams: Streams): Promise<ExitCode> {
  const { stdout, stderr, signal } = streams
  const io = { stdout: screenOf(stdout), stderr: screenOf(stderr), signal }
  let exitCode: ExitCode = 0
  const program = createProgram({
    io,
    settle(outcome, flags) {
      printOutcome(io, outcome, flags)
      exitCode = outcome.exitCode ?? 0
    },
  })
  try {
    checkCommand(program, argv)
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') {
      io.stderr.write(program.helpInformation())
      return 2
    }
    return printFailure(io, asFailure(thrown, program, argv), flagsIn(argv))
  }
}

/** Refuses an unknown command whatever follows it: commander would answer `--help` with success. */
export function checkCommand({ commands }: Command, [first = '-']: readonly string[]): void {
  const names = commands.map((command) => command.name())
  if (first.startsWith('-') || names.includes(first)) return
  refuseUsage(
    `unknown command '${first}'${suggestion(first, names)}, expected one of ${names.join(', ')}`,
  )
}

/** Runs the command line of this process and ends it. */
export async function runProcess(): Promise<void> {
  const streams = processIo()
  const exitCode = await main(process.argv.slice(2), streams)
  process.exitCode = exitCode
  // What was stopped may still be computing: nobody waits for it.
  if (streams.signal.aborted) streams.stdout.write('', () => process.exit(exitCode))
}

/** The flags as far as they can be told where parsing them may be what failed. */
function flagsIn(argv: readonly string[]): CommonFlags {
  return { json: argv.includes('--json'), verbose: argv.includes('--verbose') }
}

/** Commander's complaints in this program's words; anything else as it is. */
export function asFailure(thrown: unknown, program: Command, argv: readonly string[]): unknown {
  if (!(thrown instanceof CommanderError)) return thrown
  const complaint = thrown.message.replace(/^error: /, '').replace(/\n/g, ' ')
  const message = `${complaint}, ${expectation(thrown, program, argv)}`
  return new CliError(message, { exitCode: 2, cause: thrown })
}

function expectation({ code }: CommanderError, program: Command, argv: readonly string[]): string {
  const command = program.commands.find((each) => each.name() === argv[0])
  if (command === undefined) {
    return `expected one of ${program.commands.map((each) => each.name()).join(', ')}`
  }
  if (code === 'commander.unknownOption') {
    return `expected one of ${command.options.map((option) => option.long).join(', ')}`
  }
  return `see ${hint(command.name(), '--help')}`
}
