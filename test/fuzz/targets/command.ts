// The anyvae command in this process: what it prints is kept, and how it failed is told by its class.
import { Writable } from 'node:stream'
import { CliError, main } from 'anyvae'
import { Inconsistent } from '../target.js'

/** A stream that keeps what is written to it. */
function memory() {
  let text = ''
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString('utf8')
      done()
    },
  })
  return { stream, text: () => text }
}

/**
 * Runs one command line.
 *
 * @throws CliError where the command failed with one, Inconsistent where it failed in any other way
 */
export async function runCommand(argv: readonly string[]): Promise<string> {
  const [stdout, stderr] = [memory(), memory()]
  const io = { stdout: stdout.stream, stderr: stderr.stream, signal: new AbortController().signal }
  const exitCode = await main([...argv, '--verbose'], io)
  if (exitCode === 0) return stdout.text()
  const [first = ''] = stderr
    .text()
    .replace(/^anyvae: /, '')
    .split('\n    at ')
  const message = /^CliError: ([\s\S]*)$/.exec(first)?.[1]
  if (message === undefined) throw new Inconsistent(`fails with ${first}`)
  throw new CliError(message, { exitCode })
}
