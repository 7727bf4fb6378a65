import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises'
import { rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodePng } from '../png.js'
import { savePicture, writeFileAtomic } from './atomic.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-atomic-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('writeFileAtomic', () => {
  it('writes, replaces, and makes folders', async () => {
    const path = join(folder, 'a', 'b', 'file')
    await writeFileAtomic(path, Uint8Array.of(1, 2))
    await writeFileAtomic(path, Uint8Array.of(3))
    expect([...(await readFile(path))]).toEqual([3])
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['file'])
  })

  it('replaces what a killed writer left', async () => {
    const path = join(folder, 'file')
    await writeFile(`${path}.tmp`, 'longer than what comes now')
    await writeFileAtomic(path, Uint8Array.of(5))
    expect([...(await readFile(path))]).toEqual([5])
    expect(await readdir(folder)).toEqual(['file'])
  })

  it.skipIf(process.platform === 'win32')(
    'touches nothing that a link of its name leads to, and waits for no pipe',
    async () => {
      const path = join(folder, 'file')
      await writeFile(join(folder, 'precious'), 'dear')
      await symlink(join(folder, 'precious'), `${path}.tmp`)
      await writeFileAtomic(path, Uint8Array.of(5))
      expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('dear')
      execFileSync('mkfifo', [`${path}.tmp`])
      await writeFileAtomic(path, Uint8Array.of(6))
      expect([...(await readFile(path))]).toEqual([6])
      expect((await readdir(folder)).sort()).toEqual(['file', 'precious'])
    },
  )

  it.skipIf(process.platform === 'win32')('flushes the file, and the folder too', async () => {
    const flushed: boolean[] = []
    const flush = fs.fsync
    const spy = vi.spyOn(fs, 'fsync').mockImplementation((file, done) => {
      flushed.push(fs.fstatSync(file).isDirectory())
      flush(file, done)
    })
    await writeFileAtomic(join(folder, 'file'), Uint8Array.of(5))
    expect(flushed).toEqual([false, true])
    spy.mockRestore()
  })

  it('writes into a folder that cannot be opened to be flushed', async () => {
    const closed = join(folder, 'closed')
    await mkdir(closed)
    await chmod(closed, 0o300)
    await writeFileAtomic(join(closed, 'file'), Uint8Array.of(5))
    await chmod(closed, 0o700)
    expect([...(await readFile(join(closed, 'file')))]).toEqual([5])
  })

  it('leaves nothing where the path is a folder', async () => {
    const path = join(folder, 'taken')
    await mkdir(join(path, 'inside'), { recursive: true })
    await expect(writeFileAtomic(path, Uint8Array.of(1))).rejects.toThrow(
      /taken: cannot be written/,
    )
    expect(await readdir(folder)).toEqual(['taken'])
  })
})

it('saves pictures as PNG', async () => {
  const picture = { width: 2, height: 1, channels: 1 as const, data: Uint8Array.of(0, 200) }
  await savePicture(join(folder, 'p.png'), picture)
  expect(decodePng(await readFile(join(folder, 'p.png')))).toEqual(picture)
})
