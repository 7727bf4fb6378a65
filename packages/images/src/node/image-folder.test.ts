import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImagesError } from '../error.js'
import { readImageFile } from './image-file.js'
import { loadImages } from './load.js'
import type { LoadProgress } from './options.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-folder-'))
})
afterEach(() => rm(folder, { recursive: true }))

type Rgb = readonly [number, number, number]

/** Writes an image of one colour (a number: grey), in the format that the name says. */
async function paint(name: string, colour: Rgb | number, width = 4, height = 4): Promise<void> {
  const [r, g, b] = typeof colour === 'number' ? [colour, colour, colour] : colour
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  const image = sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
  await (typeof colour === 'number' ? image.toColourspace('b-w') : image).toFile(path)
}

describe('a folder of images', () => {
  it('is read in the order of its paths, PNG, JPEG and WebP alike', async () => {
    await paint('c.webp', [30, 30, 30])
    await paint('a.png', [10, 10, 10])
    await paint('b.jpg', [20, 20, 20])
    await writeFile(join(folder, 'notes.txt'), 'not an image')
    await writeFile(join(folder, '.hidden.png'), 'neither')
    const { train, test } = await loadImages(folder, { channels: 1 })
    expect([train.count, test.count]).toEqual([2, 1])
    const values = [...train.data, ...test.data].filter((_, i) => i % 16 === 0)
    expect(values.sort((a, b) => a - b)).toEqual([10, 20, 30])
    expect(train.labels).toBeUndefined()
  })

  it('takes sub-folders as labels, in sorted order, deeper ones included', async () => {
    await paint('dog/1.png', 50)
    await paint('cat/deep/2.png', 60)
    await paint('ant/3.png', 70)
    await mkdir(join(folder, 'empty'))
    const { train, test } = await loadImages(folder)
    expect(train.classNames).toEqual(['ant', 'cat', 'dog'])
    const pairs = [train, test].flatMap(({ data, labels }) =>
      [...(labels ?? [])].map((label, i) => [data[16 * i], label]),
    )
    expect(pairs.sort()).toEqual([
      [50, 2],
      [60, 1],
      [70, 0],
    ])
  })

  it('takes train and test as what they say', async () => {
    await paint('train/x/1.png', 1)
    await paint('train/y/2.png', 2)
    await paint('test/y/3.png', 3)
    const { train, test } = await loadImages(folder)
    expect([train.data[0], train.data[16], test.data[0]]).toEqual([1, 2, 3])
    expect([[...(train.labels ?? [])], [...(test.labels ?? [])]]).toEqual([[0, 1], [1]])
    expect(test.classNames).toEqual(['x', 'y'])
  })

  it('takes train and test for splits, not classes, beside other sub-folders too', async () => {
    await paint('train/1.png', 1)
    await paint('test/2.png', 2)
    await paint('val/3.png', 3)
    await paint('holdout/4.png', 4)
    await expect(loadImages(folder)).rejects.toThrow(ImagesError)
    await expect(loadImages(folder)).rejects.toThrow(
      `${folder}: sub-folders beside the splits, got holdout, expected test and train and val alone: move`,
    )
    await rm(join(folder, 'holdout'), { recursive: true })
    const { train, test, note } = await loadImages(folder)
    expect([train.data[0], test.data[0], train.classNames]).toEqual([1, 2, undefined])
    expect(note).toBe(`${folder}: val is not used, since test is there to test on`)
  })

  it.each([
    ['train', 'val'],
    ['Train', 'Valid'],
    ['TRAIN', 'validation'],
    ['training', 'testing'],
    ['Train', 'Test'],
  ])('takes %s and %s for splits', async (first, second) => {
    await paint(`${first}/x/1.png`, 1)
    await paint(`${second}/x/2.png`, 2)
    const { train, test, note } = await loadImages(folder)
    expect([train.data[0], test.data[0], train.classNames]).toEqual([1, 2, ['x']])
    expect(note).toBeUndefined()
  })

  it('takes no name of a split alone, and none twice', async () => {
    await paint('val/1.png', 1)
    await paint('test/2.png', 2)
    expect((await loadImages(folder)).train.classNames).toEqual(['test', 'val'])
    await paint('train/3.png', 3)
    await paint('Training/4.png', 4)
    await expect(loadImages(folder)).rejects.toThrow(
      `${folder}: the same split twice, got Training, train, expected one`,
    )
  })

  it('is grey where all images are, else colour, or as asked', async () => {
    await paint('1.png', 100)
    expect((await loadImages(folder)).train.shape.channels).toBe(1)
    await paint('2.png', [200, 0, 0])
    const { train, test } = await loadImages(folder)
    expect(train.shape.channels).toBe(3)
    const red = [train, test].find(({ data }) => data[0] === 200)
    expect([...(red?.data ?? [])]).toEqual([
      ...Array<number>(16).fill(200),
      ...Array<number>(32).fill(0),
    ])
    expect((await loadImages(folder, { channels: 1 })).train.shape.channels).toBe(1)
    await expect(loadImages(folder, { channels: 2 })).rejects.toThrow(
      'channels not available, got 2, expected 1 or 3',
    )
  })

  it('follows links to other folders and files', async () => {
    await paint('elsewhere/1.png', 9)
    await paint('tree/class/1.png', 9)
    await symlink(join(folder, 'elsewhere'), join(folder, 'tree', 'linked'))
    await symlink(join(folder, 'elsewhere', '1.png'), join(folder, 'tree', 'class', '2.png'))
    const { train, test } = await loadImages(join(folder, 'tree'))
    expect([train.count + test.count, train.classNames]).toEqual([3, ['class', 'linked']])
  })

  it('takes each image once, whatever links there are within and above', async () => {
    await paint('tree/class/1.png', 9)
    await paint('tree/class/2.png', 9)
    await paint('beside.png', 9)
    await mkdir(join(folder, 'elsewhere'))
    for (const [from, to] of [
      ['tree/a', 'tree/class'],
      ['tree/class/self', 'tree'],
      ['tree/class/up', '.'],
      ['tree/out', 'elsewhere'],
      ['elsewhere/back', 'tree'],
      ['elsewhere/loop', 'elsewhere'],
    ] as const) {
      await symlink(join(folder, to), join(folder, from))
    }
    const { train, test } = await loadImages(join(folder, 'tree'))
    expect([train.count + test.count, train.classNames]).toEqual([2, ['class']])
  })

  it('tells how far it is', async () => {
    for (const name of ['1.png', '2.png', '3.png']) await paint(name, 0)
    const seen: LoadProgress[] = []
    await loadImages(folder, { onProgress: (progress) => seen.push(progress) })
    expect(seen.map(({ done }) => done)).toEqual([1, 2, 3])
    expect(seen.at(-1)).toEqual({ phase: 'read', name: folder, done: 3, total: 3, unit: 'images' })
  })
})

describe('sizes', () => {
  it('that differ are brought to the one that is asked for', async () => {
    await paint('a.png', 0, 4, 4)
    await paint('b.png', 0, 5, 4)
    const { train } = await loadImages(folder, { size: { height: 6, width: 8 } })
    expect(train.shape).toEqual({ channels: 1, height: 6, width: 8 })
  })

  it('are reached by cutting, padding or stretching', async () => {
    const row = [0, 0, 200, 200, 200, 200, 0, 0]
    const raw = { width: 8, height: 4, channels: 1 as const }
    const data = Uint8Array.of(...row, ...row, ...row, ...row)
    await sharp(data, { raw }).png().toFile(join(folder, 'a.png'))
    const middle = async (fit: 'cover' | 'contain' | 'fill') => {
      const { train } = await loadImages(folder, { size: 4, channels: 1, fit })
      return [...train.data.subarray(4, 8)]
    }
    expect(await middle('cover')).toEqual([200, 200, 200, 200])
    const [left = 0, inner = 0] = await middle('fill')
    expect([left < 60, inner > 150]).toEqual([true, true])
    const { train } = await loadImages(folder, { size: 4, channels: 1, fit: 'contain' })
    expect(Math.max(...train.data.subarray(0, 4))).toBe(0)
  })
})

describe('an unreadable image', () => {
  it.each([
    ['text', Buffer.from('no image at all')],
    ['nothing', Buffer.alloc(0)],
  ])('is named: %s', async (_, content) => {
    await paint('a.png', 0)
    await writeFile(join(folder, 'broken.png'), content)
    await expect(loadImages(folder)).rejects.toThrow(
      new RegExp(
        `^${join(folder, 'broken.png')}: no readable image, got .+, expected a whole image file$`,
      ),
    )
  })

  it.each(['png', 'jpg', 'webp'])('is named where a %s file ends early', async (format) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251)
    const raw = { width: 64, height: 64, channels: 3 as const }
    const bytes = await sharp(noise, { raw })
      .toFormat(format as 'png')
      .toBuffer()
    await paint('a.png', 0, 64, 64)
    await writeFile(join(folder, `b.${format}`), bytes.subarray(0, bytes.length / 2))
    await expect(loadImages(folder)).rejects.toThrow(`b.${format}: no readable image`)
  })

  it('is named where it is a link to nothing; other such links are passed by', async () => {
    await paint('a.png', 0)
    await symlink(join(folder, 'gone.txt'), join(folder, 'notes.txt'))
    expect((await loadImages(folder)).train.count).toBe(1)
    await symlink(join(folder, 'gone.png'), join(folder, 'b.png'))
    await expect(loadImages(folder)).rejects.toThrow(
      `${join(folder, 'b.png')}: no readable image, got a link to nothing, expected a whole image file`,
    )
  })

  it('is told from one that lies in no class', async () => {
    await paint('a.png', 0)
    await paint('class/b.png', 0)
    await expect(loadImages(folder)).rejects.toThrow(
      `${join(folder, 'a.png')}: beside sub-folders, got an image without a class`,
    )
  })
})

describe('readImageFile', () => {
  const shape = { channels: 1, height: 2, width: 2 }
  const read = (name: string, channels: number) =>
    readImageFile(join(folder, name), { shape: { ...shape, channels } })

  it('makes grey and colour of either', async () => {
    await paint('grey.png', 90)
    await paint('red.png', [255, 0, 0])
    expect([...(await read('grey.png', 3))]).toEqual(Array<number>(12).fill(90))
    const [value = 0] = await read('red.png', 1)
    expect(value).toBeGreaterThan(40)
    expect(value).toBeLessThan(140)
  })

  it('makes 16 bits into 8 and transparency black', async () => {
    const deep = Uint16Array.from({ length: 4 }, () => 0x8000)
    const raw = { width: 2, height: 2, channels: 1 as const }
    await sharp(deep, { raw }).toColourspace('grey16').png().toFile(join(folder, 'deep.png'))
    expect([...(await read('deep.png', 1))]).toEqual([128, 128, 128, 128])
    const background = { r: 255, g: 255, b: 255, alpha: 0 }
    await sharp({ create: { width: 2, height: 2, channels: 4, background } }).toFile(
      join(folder, 'clear.png'),
    )
    expect([...(await read('clear.png', 1))]).toEqual([0, 0, 0, 0])
  })

  it('names a file that is not there', async () => {
    await expect(read('missing.png', 1)).rejects.toThrow(/missing\.png: cannot be read, got ENOENT/)
  })
})
