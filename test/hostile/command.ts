// Runs the anyvae command in this process, also with arguments that no process can be started with.
import { Writable } from 'node:stream'
import { main } from 'anyvae'

/** How a command line ended. */
export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

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

/** Runs one command line, without the names of node and the script. */
export async function runInProcess(argv: readonly string[]): Promise<Ended> {
  const [stdout, stderr] = [memory(), memory()]
  const { signal } = new AbortController()
  const exitCode = await main(argv, { stdout: stdout.stream, stderr: stderr.stream, signal })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

/** The classes of errors that are written for people. */
const TYPED = /^(Cli|Images|Onnx|Runtime|Train|Bundle|Trace)Error: /

/**
 * How a command line ends, in a word: `done`, `refused` where one of the packages' own errors says why,
 * else what is said instead.
 */
export async function endingOf(argv: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await runInProcess([...argv, '--verbose'])
  if (exitCode === 0) return 'done'
  const said = stderr.slice(stderr.lastIndexOf('\nanyvae: ') + 1).replace(/^anyvae: /, '')
  return (exitCode === 1 || exitCode === 2) && TYPED.test(said) ? 'refused' : `${exitCode}: ${said}`
}
