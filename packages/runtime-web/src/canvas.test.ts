import { describe, expect, it } from 'vitest'
import { layOut } from './canvas.js'

/** Images of one grey pixel each, of these values. */
const grey = (...values: number[]) => ({
  data: Float32Array.from(values),
  shape: [values.length, 1, 1, 1] as const,
})

/** The first colour and the opacity of each pixel. */
function pixels({ data, width }: ReturnType<typeof layOut>): string[] {
  const rows: string[] = []
  for (let at = 0; at < data.length; at += 4) {
    const row = Math.floor(at / 4 / width)
    rows[row] = `${rows[row] ?? ''}${data[at + 3] === 0 ? ' . ' : String(data[at]).padStart(3)}`
  }
  return rows
}

describe('layOut', () => {
  it('comes near to a square, scales and leaves gaps', () => {
    expect(pixels(layOut(grey(0, 0.2, 1), {}))).toEqual(['  0 51', '255 . '])
    expect(pixels(layOut(grey(1, 0, 1), { columns: 2, scale: 2, gap: 1 }))).toEqual([
      '255255 .   0  0',
      '255255 .   0  0',
      ' .  .  .  .  . ',
      '255255 .  .  . ',
      '255255 .  .  . ',
    ])
  })

  it('is no wider than its images', () => {
    expect(layOut(grey(0, 1), { columns: 5, gap: 3 }).width).toBe(5)
  })

  it('keeps channels apart and values within a byte', () => {
    const data = Float32Array.from([1, 0, 0.2, 0.4, -1, 2])
    const { data: rgba, width } = layOut({ data, shape: [1, 3, 1, 2] }, {})
    expect([width, ...rgba]).toEqual([2, 255, 51, 0, 255, 0, 102, 255, 255])
  })
})
