// What a command that fails says, and what it leaves.
import { readdir } from 'node:fs/promises'
import { expect } from 'vitest'
import { anyvae, type Ran } from './command.js'

/** Lines of progress: the images loaded, the network, its plan and epochs, that it is short, and how far something has come. */
const PROGRESS =
  /^(\S+: [\d,]+ training and [\d,]+ test images of [^;]*|(going on .*; )?(mlp|conv|resnet) of .*|plan: .*|note: on images of .*|warning: .* too few to learn from, .*|epoch .*|(reading|downloading) .*)$/

/** What stands on stderr beside progress. */
export function complaintOf({ stderr }: Pick<Ran, 'stderr'>): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !PROGRESS.test(line))
}

/** How a command is to fail. */
export interface Failure {
  readonly exitCode: number
  /** Of the one line that is said, without the command's name before it. */
  readonly message: RegExp
}

/** Runs a command that must fail with one line on stderr, none on stdout, and leave all as it was. */
export async function expectFailure(
  folder: string,
  args: string,
  { exitCode, message }: Failure,
): Promise<void> {
  const before = await namesIn(folder)
  const ran = await anyvae(folder, args)
  const [line = '', ...others] = complaintOf(ran)
  expect({ exitCode: ran.exitCode, stdout: ran.stdout, others }).toEqual({
    exitCode,
    stdout: '',
    others: [],
  })
  expect(line.slice(0, 8)).toBe('anyvae: ')
  expect(line.slice(8)).toMatch(message)
  expect(await namesIn(folder)).toEqual(before)
}

/** Everything below a folder, by name. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort()
}
