// A folder is written whole or not at all.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CliError } from './error.js'
import { checkVacant, checkWritable, makeFolder, writeFolder } from './folder.js'

let base: string
let out: string
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-folder-'))
  out = join(base, 'bundle')
})
afterEach(() => rm(base, { recursive: true }))

const files = new Map([
  ['anyvae.json', new TextEncoder().encode('{}')],
  ['vectors/encoder/input_0.pb', Uint8Array.of(1, 2, 3)],
])
const { signal } = new AbortController()

describe('writeFolder', () => {
  it('writes files in folders of their own', async () => {
    await writeFolder(out, files, { force: false, signal })
    expect([...(await readFile(join(out, 'vectors/encoder/input_0.pb')))]).toEqual([1, 2, 3])
    expect(await readdir(base)).toEqual(['bundle'])
  })

  it('replaces a bundle whole where it is told to', async () => {
    await mkdir(out)
    await writeFile(join(out, 'anyvae.json'), JSON.stringify({ files: { 'old.onnx': {} } }))
    await writeFile(join(out, 'old.onnx'), 'old')
    await writeFolder(out, files, { force: true, signal })
    expect(await readdir(out)).toEqual(['anyvae.json', 'vectors'])
    expect(await readdir(base)).toEqual(['bundle'])
  })

  it('leaves everything as it was where a file cannot be written', async () => {
    await mkdir(out)
    await writeFile(join(out, 'anyvae.json'), 'old')
    const clash = new Map([...files, ['anyvae.json/inside', Uint8Array.of(1)] as const])
    await expect(writeFolder(out, clash, { force: true, signal })).rejects.toThrow(
      /bundle: not written, got .*, expected room and the right to write/,
    )
    expect(await readFile(join(out, 'anyvae.json'), 'utf8')).toBe('old')
    expect(await readdir(base)).toEqual(['bundle'])
  })

  it('leaves nothing where it is stopped', async () => {
    const stopped = AbortSignal.abort(new Error('stop'))
    await expect(writeFolder(out, files, { force: false, signal: stopped })).rejects.toThrow('stop')
    expect(await readdir(base)).toEqual([])
  })
})

describe('checkVacant', () => {
  it('takes what is not there', async () => {
    await expect(checkVacant(out, false)).resolves.toBeUndefined()
  })

  it('refuses what is there, and with force what is no bundle', async () => {
    await mkdir(out)
    await expect(checkVacant(out, false)).rejects.toThrow(/exists already, .* or --force/)
    await writeFile(join(out, 'letter.txt'), 'dear')
    await expect(checkVacant(out, true)).rejects.toThrow('a folder that holds no bundle')
    await expect(checkVacant(join(out, 'letter.txt'), true)).rejects.toThrow('ENOTDIR')
  })
})

describe('a folder that holds more than a bundle', () => {
  const precious = () => readFile(join(out, 'precious.txt'), 'utf8')
  beforeEach(async () => {
    await mkdir(out)
    await writeFile(join(out, 'anyvae.json'), '{}')
    await writeFile(join(out, 'precious.txt'), 'dear')
  })

  it('is not replaced, whatever is asked', async () => {
    for (const force of [false, true]) {
      await expect(writeFolder(out, files, { force, signal })).rejects.toThrow(CliError)
      expect(await precious()).toBe('dear')
    }
    await expect(checkVacant(out, true)).rejects.toThrow(
      /bundle: not replaced, got precious.txt in it, expected nothing but a bundle's files/,
    )
    expect(await readdir(base)).toEqual(['bundle'])
  })

  it.each(['theirs.onnx', 'vectors/thesis.txt', 'vectors/encoder/mine/notes.txt', 'dir.onnx/keep'])(
    'is not replaced where it holds %s',
    async (path) => {
      await rm(join(out, 'precious.txt'))
      await writeFile(join(out, 'anyvae.json'), JSON.stringify({ files: { 'dir.onnx': {} } }))
      await mkdir(dirname(join(out, path)), { recursive: true })
      await writeFile(join(out, path), 'dear')
      await expect(writeFolder(out, files, { force: true, signal })).rejects.toThrow(
        /bundle: not replaced, got \S+ in it, expected nothing but a bundle's files/,
      )
      expect(await readFile(join(out, path), 'utf8')).toBe('dear')
    },
  )

  it('is not replaced by no name at all, which is that of the working folder', async () => {
    const before = process.cwd()
    try {
      process.chdir(out)
      for (const folder of ['', '.', '../bundle', '..']) {
        for (const force of [false, true]) {
          await expect(writeFolder(folder, files, { force, signal })).rejects.toThrow(CliError)
          expect(await precious()).toBe('dear')
        }
      }
      await rm('precious.txt')
      await expect(checkVacant('', true)).rejects.toThrow('the folder that the command runs in')
    } finally {
      process.chdir(before)
    }
  })
})

describe('makeFolder', () => {
  it('leaves no folder of a path that cannot be made whole', async () => {
    await expect(makeFolder(join(base, 'a', 'b', 'c'.repeat(300)))).rejects.toThrow('ENAMETOOLONG')
    expect(await readdir(base)).toEqual([])
  })

  it('gives a way to remove what it made, and only that', async () => {
    await mkdir(join(base, 'there'))
    const undo = await makeFolder(join(base, 'there', 'a', 'b'))
    await undo()
    expect(await readdir(base, { recursive: true })).toEqual(['there'])
  })
})

/** Where Linux says of a folder that is there that there is none, when something is made in it. */
const PROC = `/proc/anyvae-${process.pid}`

describe('a place where nothing can be written', () => {
  it.runIf(process.platform === 'linux')('is refused, and ends nothing in a loop', async () => {
    await expect(checkWritable(PROC)).rejects.toThrow(/: cannot be written, got ENOENT/)
    await expect(writeFolder(PROC, files, { force: false, signal })).rejects.toThrow(
      /: not written, got ENOENT/,
    )
  })

  it('is none within a file', async () => {
    await writeFile(out, 'file')
    await expect(writeFolder(join(out, 'a', 'b'), files, { force: false, signal })).rejects.toThrow(
      /: not written, got E(EXIST|NOTDIR)/,
    )
  })

  it('is looked for without leaving anything', async () => {
    await expect(checkWritable(join(base, 'a', 'b', 'c'))).resolves.toBeUndefined()
    expect(await readdir(base)).toEqual([])
  })
})
