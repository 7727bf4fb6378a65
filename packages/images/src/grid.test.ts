import { describe, expect, it } from 'vitest'
import { characterRows } from './font.js'
import { imageGrid, pairGrid } from './grid.js'
import { blankPicture, drawText, type Picture } from './picture.js'

const shape = { channels: 1, height: 2, width: 2 }

/** Six images, each of one grey value: 10, 20, ... 60. */
const images = Uint8Array.from({ length: 24 }, (_, i) => 10 * (1 + Math.floor(i / 4)))

/** A picture as characters, one a pixel: `#` where it is darker than half. */
function print({ width, height, channels, data }: Picture): string[] {
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, x) =>
      (data[(row * width + x) * channels] ?? 0) < 128 ? '#' : '.',
    ).join(''),
  )
}

describe('imageGrid', () => {
  it('puts images in reading order, scaled, with gaps between them', () => {
    const picture = imageGrid(images, { shape, columns: 3, scale: 5, gap: 2 })
    expect([picture.width, picture.height, picture.channels]).toEqual([
      10 + 34 + 10,
      10 + 22 + 10,
      1,
    ])
    const at = (x: number, y: number) => picture.data[y * picture.width + x]
    expect([at(10, 10), at(19, 19), at(20, 10), at(22, 10), at(34, 10)]).toEqual([
      10, 10, 255, 20, 30,
    ])
    expect([at(10, 20), at(10, 22), at(43, 31), at(9, 10), at(44, 31)]).toEqual([
      255, 40, 60, 255, 255,
    ])
  })

  it('draws numbers 0 to 1 as it draws bytes', () => {
    const options = { shape, columns: 2 }
    expect(
      imageGrid(
        Float32Array.from(images, (v) => v / 255),
        options,
      ),
    ).toEqual(imageGrid(images, options))
  })

  it('turns CHW into colour pixels', () => {
    const red = Uint8Array.of(255, 0, 0)
    const picture = imageGrid(red, {
      shape: { channels: 3, height: 1, width: 1 },
      columns: 1,
      scale: 1,
    })
    const at = (10 * picture.width + 10) * 3
    expect([...picture.data.slice(at, at + 3)]).toEqual([255, 0, 0])
  })

  it.each([2, 4, 5])('shows the first of %d channels, and says so in the title', (channels) => {
    const all = Uint8Array.from({ length: 6 * 4 * channels }, (_, i) => {
      const channel = Math.floor(i / 4) % channels
      return channel === 0 ? (images[4 * Math.floor(i / 4 / channels)] ?? 0) : 200
    })
    const options = { columns: 3, scale: 40 }
    for (const [title, told] of [
      ['digits', `digits, channel 1 of ${channels}`],
      [undefined, `channel 1 of ${channels}`],
    ] as const) {
      const titled = { ...options, ...(title !== undefined && { title }) }
      expect(imageGrid(all, { ...titled, shape: { ...shape, channels } })).toEqual(
        imageGrid(images, { ...options, shape, title: told }),
      )
    }
  })

  it('makes room for title and labels, and a last row that is not full', () => {
    const plain = imageGrid(images, { shape, columns: 4, scale: 28 })
    const titled = imageGrid(images, {
      shape,
      columns: 4,
      scale: 28,
      title: 'title',
      columnLabels: ['a', 'b', 'c', 'd'],
      rowLabels: ['one', 'two'],
    })
    expect(plain.height).toBe(10 + 56 + 4 + 56 + 10)
    expect(titled.height).toBeGreaterThan(plain.height + 2 * 14)
    expect(titled.width).toBe(plain.width + (3 * 6 - 1) * 2 + 4)
  })

  it('keeps a long title on the page', () => {
    const title = 'a title that is much longer than two small images are wide'
    const picture = imageGrid(images.subarray(0, 8), { shape, columns: 2, scale: 28, title })
    const rightmost = print(picture).filter((row) => row.endsWith('.'.repeat(9)))
    expect(rightmost).toHaveLength(picture.height)
    expect(picture.height).toBeGreaterThan(10 + 3 * 10 + 56)
  })

  it.each([
    [
      new Uint8Array(5),
      shape,
      1,
      /no whole number of images, got 5 values, expected a multiple of 4/,
    ],
    [new Uint8Array(), shape, 1, /got 0 values/],
    [images, shape, 0, /columns: not usable, got 0/],
    [
      new Uint8Array(12),
      { ...shape, channels: 2 },
      1,
      /no whole number of images, got 12 values, expected a multiple of 8/,
    ],
    [Float32Array.of(0, 0, NaN, 0), shape, 1, /got NaN at index 2/],
  ])('refuses %o', (data, ofShape, columns, message) => {
    expect(() => imageGrid(data, { shape: ofShape, columns })).toThrow(message)
  })
})

describe('pairGrid', () => {
  it('puts each original beside its reconstruction', () => {
    const others = images.map((value) => value + 100)
    const options = { shape, columns: 2, scale: 44, gap: 4 }
    const picture = pairGrid(images, others, options)
    const rows = picture.height - 10 - 3 * 88 - 2 * 4
    const at = (x: number, row: number) => picture.data[(rows + row * 92) * picture.width + x]
    expect([at(10, 0), at(102, 0), at(206, 0), at(298, 0)]).toEqual([10, 110, 20, 120])
    expect([at(10, 1), at(102, 1), at(206, 2), at(298, 2)]).toEqual([30, 130, 60, 160])
  })

  it('writes what is what above the pairs', () => {
    const named = pairGrid(images, images, { shape })
    const unnamed = pairGrid(images, images, { shape, labels: ['', ''], scale: 42 })
    expect(named.width).toBe(unnamed.width)
    const ink = ({ data }: Picture) => data.filter((value) => value === 32).length
    expect(ink(unnamed)).toBe(0)
    expect(ink(named)).toBeGreaterThan(4 * 22 * 8)
  })

  it('shows the first of two channels, and says so in the title', () => {
    const doubled = Uint8Array.from({ length: 48 }, (_, i) => {
      return Math.floor(i / 4) % 2 === 0 ? (images[4 * Math.floor(i / 8)] ?? 0) : 200
    })
    const floats = Float32Array.from(doubled, (value) => value / 255)
    expect(pairGrid(doubled, floats, { shape: { ...shape, channels: 2 }, title: 'pairs' })).toEqual(
      pairGrid(images, images, { shape, title: 'pairs, channel 1 of 2' }),
    )
  })

  it('refuses unequal numbers', () => {
    expect(() => pairGrid(images, images.subarray(4), { shape })).toThrow(
      'reconstructions: not as many as originals, got 20 values, expected 24',
    )
  })
})

describe('the font', () => {
  it('has a shape of its own for every printable character', () => {
    const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
    const shapes = printable.map((character) => characterRows(character).join())
    expect(new Set(shapes).size).toBe(95)
    expect(printable.every((character) => characterRows(character).length === 7)).toBe(true)
    expect(characterRows('é')).toEqual(characterRows('?'))
  })

  it('is readable', () => {
    const picture = blankPicture({ width: 24, height: 9, channels: 1 }, 255)
    drawText(picture, 'A4gx', { x: 0, y: 0, scale: 1, value: 0 })
    expect(print(picture).join('\n')).toMatchInlineSnapshot(`
      ".###.....#..............
      #...#...##..............
      #...#..#.#........#...#.
      #...#.#..#...####..#.#..
      #####.#####.#...#...#...
      #...#....#..#...#..#.#..
      #...#....#...####.#...#.
      ................#.......
      .............###........"
    `)
  })

  it('leaves out what lies off the page', () => {
    const picture = blankPicture({ width: 4, height: 4, channels: 3 }, 255)
    drawText(picture, 'WWW', { x: -1, y: -1, scale: 2, value: 0 })
    expect(picture.data.length).toBe(48)
    expect(picture.data).toContain(0)
  })
})
