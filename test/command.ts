// Runs the anyvae command as its users do: built, as a process of its own, in a folder of its own.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

const ANYVAE = join(ROOT, 'packages', 'cli', 'bin', 'anyvae.js')

/** How long a process may take before it is killed: longer than any here needs on a busy machine. */
const LIMIT = 100_000

/** How a process ended and what it printed. */
export interface Ran {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts `anyvae` with arguments that are separated by single spaces. */
export function start(folder: string, args: string, options: SpawnOptions = {}): Running {
  return startProgram(process.execPath, [ANYVAE, ...args.split(' ')], { cwd: folder, ...options })
}

/** A process that was started, and how it ends. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
}

/** Starts any program. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): Running {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
    killSignal: 'SIGKILL',
    ...options,
  })
  return { child, ended: endOf(child) }
}

async function endOf(child: ChildProcess): Promise<Ran> {
  const ended = new Promise<Pick<Ran, 'exitCode' | 'signal'>>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal }))
  })
  const [stdout, stderr] = [child.stdout, child.stderr].map(collected)
  return { ...(await ended), stdout: stdout?.() ?? '', stderr: stderr?.() ?? '' }
}

/** Collects what a stream yields, for whoever asks; others may listen too. */
function collected(stream: Readable | null): () => string {
  let text = ''
  stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return () => text
}

/** Runs `anyvae` in a folder to its end, with arguments that are separated by single spaces. */
export async function anyvae(folder: string, args: string): Promise<Ran> {
  return start(folder, args).ended
}

/** Runs `anyvae` and returns what it printed. Throws where it fails. */
export async function succeed(folder: string, args: string): Promise<string> {
  const { exitCode, signal, stdout, stderr } = await anyvae(folder, args)
  if (exitCode === 0) return stdout
  throw new Error(`anyvae ${args}: failed, got ${exitCode ?? signal}, expected 0\n${stderr}`)
}

/** A new folder that is removed after the tests of the file that asks for it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'anyvae-test-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}
