// A file that finds no room leaves the old one and nothing beside it. Runs where a small disk can be mounted.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '@anyvae/images/node'
import { describe, expect, it } from 'vitest'
import { mountSmallDisk } from '../small-disk.js'
import { endingOf } from './command.js'

const disk = mountSmallDisk(64)

describe.runIf(disk !== undefined)('a full disk', () => {
  const folder = disk ?? ''

  it('keeps the old file and leaves nothing', async () => {
    const path = join(folder, 'file')
    await writeFile(path, 'old')
    await expect(writeFileAtomic(path, new Uint8Array(100_000))).rejects.toMatchObject({
      name: 'ImagesError',
      message: expect.stringMatching(
        /file: cannot be written, got ENOSPC: no space left on device.*, expected room/,
      ) as string,
      cause: expect.objectContaining({ code: 'ENOSPC' }) as unknown,
    })
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('takes no run and leaves no folder of one', async () => {
    const train = 'train --data glyphs:40 --hidden 200 --latent 2 --batch 20 --epochs 1'.split(' ')
    expect(await endingOf([...train, '--out', join(folder, 'new', 'run')])).toBe('refused')
    expect(await readdir(folder)).toEqual(['file'])
  })
})
