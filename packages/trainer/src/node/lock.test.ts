// The lock of a run folder: held by a process that is there, it is nobody else's.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TrainError } from '../error.js'
import { withLock } from './lock.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const lockOf = (pid: number) => `${JSON.stringify({ pid, host: hostname() })}\n`
const work = () => Promise.resolve('done')

describe('withLock', () => {
  it('is refused where a living process holds the lock, which stays', async () => {
    await writeFile(join(folder, 'lock'), lockOf(process.ppid))
    await expect(withLock(folder, work)).rejects.toThrow(/another training \(process \d+\)/)
    expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(lockOf(process.ppid))
  })

  it('takes over the lock of a process that is gone', async () => {
    await writeFile(join(folder, 'lock'), lockOf(2 ** 22 + 1))
    expect(await withLock(folder, work)).toBe('done')
    expect(await readdir(folder)).toEqual([])
  })

  it('removes the folders that it made, and says in its own words what keeps it from it', async () => {
    await expect(withLock(join(folder, 'a', 'b'), work)).resolves.toBe('done')
    const long = join(folder, 'a', 'x'.repeat(300))
    await expect(withLock(long, work)).rejects.toThrow(TrainError)
    expect(await readdir(folder)).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('needs a folder that is there to work in', async () => {
    const before = process.cwd()
    try {
      process.chdir(folder)
      await rm(folder, { recursive: true })
      await expect(withLock('.', work)).rejects.toThrow(TrainError)
    } finally {
      process.chdir(before)
    }
  })
})
