import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeIdx } from '../idx.js'
import { encodeNpy } from '../npy.js'
import { loadImages, streamImages } from './load.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-hostile-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Both ways of reading, which must refuse alike. */
const WAYS = [
  ['in memory', (source: string) => loadImages(source)],
  ['streamed', (source: string) => streamImages(source, { cacheDir: join(folder, '.cache') })],
] as const

describe.skipIf(process.platform === 'win32').each(WAYS)('no ordinary file, %s', (_, load) => {
  const kinds: [string, (path: string) => void | Promise<void>, string][] = [
    ['a pipe', (path) => void execFileSync('mkfifo', [path]), 'a pipe'],
    ['a link to a device without an end', (path) => symlink('/dev/zero', path), 'a device'],
    [
      'a link to a pipe',
      async (path) => {
        execFileSync('mkfifo', [join(folder, '.pipe')])
        await symlink(join(folder, '.pipe'), path)
      },
      'a pipe',
    ],
  ]
  const places = [
    ['an array', 'images.npy'],
    ['an archive', 'images.npz'],
    ['an image', 'folder/1.png'],
    ['IDX images', 'folder/train-images-idx3-ubyte'],
  ] as const
  for (const [place, name] of places) {
    it.each(kinds)(`is refused for ${place} before it is opened: %s`, async (_, make, type) => {
      const path = join(folder, name)
      await mkdir(join(folder, 'folder'))
      await make(path)
      const source = name.startsWith('folder') ? join(folder, 'folder') : path
      await expect(load(source)).rejects.toThrow(
        `${path}: no ordinary file, got ${type}, expected a file on disk`,
      )
    })
  }

  it('is refused for an array: a socket', async () => {
    const path = join(folder, 's.npy')
    const server = createServer().listen(path)
    await expect(load(path)).rejects.toThrow(`${path}: no ordinary file, got a socket`)
    server.close()
  })

  it('is refused for labels', async () => {
    if (load === WAYS[1][1]) return
    await writeFile(
      join(folder, 'train-images-idx3-ubyte'),
      encodeIdx({ dims: [1, 1, 1], data: Uint8Array.of(200) }),
    )
    execFileSync('mkfifo', [join(folder, 'train-labels-idx1-ubyte')])
    await expect(load(folder)).rejects.toThrow('labels-idx1-ubyte: no ordinary file, got a pipe')
  })
})

describe.each(WAYS)('gzip that expands, %s', (_, load) => {
  const refused = async (unpacked: Uint8Array, message: string) => {
    const path = join(folder, 'train-images-idx3-ubyte.gz')
    await writeFile(path, gzipSync(unpacked))
    await expect(load(folder)).rejects.toThrow(`${path}: ${message}`)
  }
  const zeros = new Uint8Array(2 ** 25)

  it('is left at what its header declares', async () => {
    const images = encodeIdx({ dims: [2, 2, 2], data: new Uint8Array(8) })
    const bomb = new Uint8Array(zeros.length)
    bomb.set(images)
    await refused(bomb, 'too long, got more than 24 bytes, expected as many as its header declares')
  })

  it('is not unpacked where it declares nothing', async () => {
    await refused(zeros, 'not IDX images, got magic number 0x00000000 (neither)')
  })

  it('is not unpacked where it declares more than it can hold', async () => {
    const header = encodeIdx({ dims: [60_000, 4096, 4096], data: new Uint8Array() })
    await refused(
      header,
      'header not to be true, got 1006632960016 bytes declared, expected at most',
    )
  })
})

describe('an archive that expands', () => {
  const load = async (archive: Uint8Array) => {
    await writeFile(join(folder, 'a.npz'), archive)
    return loadImages(join(folder, 'a.npz'))
  }
  const array = encodeNpy({ dtype: 'u1', shape: [2, 1, 2], data: Uint8Array.of(1, 2, 3, 200) })
  const padded = new Uint8Array(2 ** 25)
  padded.set(array)

  it('is left at what the array declares, whatever the archive says', async () => {
    await expect(load(zipSync({ 'x.npy': padded }))).rejects.toThrow(
      `a.npz (x): too long, got more than ${array.length} bytes, expected as many as its header`,
    )
  })

  it('is not unpacked where the array declares more than it can hold', async () => {
    const header = new TextDecoder('latin1').decode(array).replace('(2, 1, 2,)', '(2e9,1,9,)')
    const large = header.replace('(2e9,1,9,)', '(99999, 99)').replace('\n', '\n')
    const bytes = Uint8Array.from(large, (character) => character.charCodeAt(0))
    await expect(load(zipSync({ 'x.npy': bytes }))).rejects.toThrow(
      'a.npz (x): header not to be true',
    )
  })

  it('is not unpacked where it is no array', async () => {
    await expect(load(zipSync({ 'x.npy': new Uint8Array(2 ** 25) }))).rejects.toThrow(
      'a.npz (x): no NumPy array, got other first bytes',
    )
  })

  it('does not unpack entries that nobody asks for', async () => {
    const { train } = await load(zipSync({ 'x.npy': array, 'other.npy': padded }))
    expect(train.count).toBe(1)
  })

  it.each([
    ['entries in one another', 42, 0, 'entries x.npy and y.npy in one another'],
    ['an entry beyond its end', 42, 2 ** 30, 'no entry y.npy at 1073741824'],
    ['bytes beyond its end', 20, 2 ** 30, 'an entry y.npy beyond its end'],
    ['an encrypted entry', 8, 1, 'an encrypted entry (y.npy)'],
    ['an entry packed in another way', 10, 99, 'an entry of packing method 99 (y.npy)'],
  ])('is refused with %s', async (_, field, value, message) => {
    const archive = zipSync({ 'x.npy': array, 'y.npy': array })
    const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength)
    const list = view.getUint32(archive.length - 6, true)
    const second = list + 46 + 'x.npy'.length
    if (field < 20) view.setUint16(second + field, value, true)
    else view.setUint32(second + field, value, true)
    await expect(load(archive)).rejects.toThrow(`a.npz: damaged, got ${message}`)
  })

  it('names a few of many entries alone', async () => {
    const entries = Array.from({ length: 5000 }, (_, i) => [`e${i}`, Uint8Array.of(1)] as const)
    await expect(load(zipSync(Object.fromEntries(entries), { level: 0 }))).rejects.toThrow(
      'no array of images, got e0, e1, e2, e3, e4, e5, e6, e7 and 4992 more, expected',
    )
  })
})
