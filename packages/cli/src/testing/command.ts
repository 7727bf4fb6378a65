// Runs the command for tests: in this process with streams of its own, or as a process of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ExitCode } from '../error.js'
import { main } from '../main.js'

export interface Ran {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** One command line in this process. */
export async function run(argv: readonly string[], signal?: AbortSignal): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const printed = Promise.all([text(stdout), text(stderr)])
  const io = { stdout, stderr, signal: signal ?? new AbortController().signal }
  const exitCode: ExitCode = await main(argv, io)
  stdout.end()
  stderr.end()
  const [out, err] = await printed
  return { exitCode, stdout: out, stderr: err }
}

const START = `import { runProcess } from ${JSON.stringify(new URL('../main.ts', import.meta.url).href)}; await runProcess()`

/** The command as a process, run from the sources. */
export function start(argv: readonly string[]) {
  return spawn(process.execPath, nodeArguments(argv))
}

/** Tells the parent once the command takes signals: before, they end Node at once. */
const TELLS = `process.on('newListener', (event) => event === 'SIGINT' && process.send('takes signals'))
process.channel.unref()`

/** As {@link start}, interrupted as soon as the command takes signals. */
export async function interrupted(argv: readonly string[]) {
  const tells = `--import=data:text/javascript,${encodeURIComponent(TELLS)}`
  const child = spawn(process.execPath, [tells, ...nodeArguments(argv)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  child.once('message', () => child.kill('SIGINT'))
  const said = child.stderr === null ? '' : text(child.stderr)
  const [exitCode, stderr] = await Promise.all([exitCodeOf(child), said])
  return { exitCode, stderr }
}

/** As {@link start}, with an open file as stdout; what is said on stderr, and how it ends. */
export async function finishedInto(file: number, argv: readonly string[]) {
  const child = spawn(process.execPath, nodeArguments(argv), { stdio: ['ignore', file, 'pipe'] })
  const said = child.stderr === null ? '' : text(child.stderr)
  const [exitCode, stderr] = await Promise.all([exitCodeOf(child), said])
  return { exitCode, stderr }
}

function nodeArguments(argv: readonly string[]): string[] {
  const loader = new URL('loader.mjs', import.meta.url).href
  const flags = ['--conditions=@anyvae/source', '--import', loader, '--input-type=module']
  return [...flags, '-e', START, '--', 'anyvae', ...argv]
}

/** Everything that a process which {@link start} started prints, and how it ends. */
export async function finished(child: ReturnType<typeof start>): Promise<Ran> {
  const all = [text(child.stdout), text(child.stderr), exitCodeOf(child)] as const
  const [stdout, stderr, exitCode] = await Promise.all(all)
  return { exitCode, stdout, stderr }
}

/** How a process ends; null where a signal killed it. */
export function exitCodeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('close', resolve))
}
