// What the tests of commands work on: a folder of its own, and in it a tiny run and its bundle.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, type Ran } from './command.js'

export const DATA = ['--data', 'glyphs:200']
export const TRAIN = ['train', ...DATA, '--hidden', '32', '--latent', '3', '--batch', '50']

export interface Fixture {
  readonly base: string
  /** A path in the folder. */
  at(name: string): string
  readonly runFolder: string
  readonly bundle: string
  /** What training and export printed. */
  readonly trained: Ran
  readonly exported: Ran
  remove(): Promise<void>
}

export async function createFixture(): Promise<Fixture> {
  const base = await mkdtemp(join(tmpdir(), 'anyvae-cli-'))
  const at = (name: string) => join(base, name)
  const [runFolder, bundle] = [at('run'), at('bundle')]
  const trained = await run([...TRAIN, '--epochs', '2', '--out', runFolder])
  const exported = await run(['export', runFolder, '--out', bundle, '--name', 'tiny'])
  const remove = () => rm(base, { recursive: true })
  return { base, at, runFolder, bundle, trained, exported, remove }
}

/** Runs a command with `--json` to its end and gives the one object that it prints. */
export async function json(...argv: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await run([...argv, '--json'])
  const lines = stdout.trimEnd().split('\n')
  if (exitCode === 0 && lines.length === 1) return JSON.parse(stdout) as Record<string, unknown>
  throw new Error(`exit code ${exitCode}, ${lines.length} lines on stdout: ${stderr}`)
}
