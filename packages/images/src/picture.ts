// Pictures: 8-bit rasters to look at, with images and text drawn into them.
import { ImagesError } from './error.js'
import { CHARACTER_WIDTH, characterRows, isLow } from './font.js'

/** A picture to look at or to save, its values row by row, channels innermost (HWC). */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: Uint8Array
}

/** A picture of one grey value. */
export function blankPicture(
  { width, height, channels }: Omit<Picture, 'data'>,
  value: number,
): Picture {
  return {
    width,
    height,
    channels,
    data: new Uint8Array(width * height * channels).fill(value),
  }
}

/** Where something is drawn: the left upper corner, and how often each pixel is repeated. */
export interface Spot {
  readonly x: number
  readonly y: number
  readonly scale: number
}

/** Width in pixels of one line of text at a scale; its height is `CHARACTER_HEIGHT * scale`. */
export function textWidth(text: string, scale: number): number {
  return Math.max(0, Array.from(text).length * (CHARACTER_WIDTH + 1) - 1) * scale
}

/** Draws one line of text in a grey value; what lies outside the picture is left out. */
export function drawText(picture: Picture, text: string, spot: Spot & { value: number }): void {
  const { x, y, scale, value } = spot
  Array.from(text).forEach((character, place) => {
    const left = x + place * (CHARACTER_WIDTH + 1) * scale
    const top = y + (isLow(character) ? 2 * scale : 0)
    characterRows(character).forEach((bits, row) => {
      for (let column = 0; column < CHARACTER_WIDTH; column++) {
        if (!((bits >> (CHARACTER_WIDTH - 1 - column)) & 1)) continue
        fillSquare(picture, { x: left + column * scale, y: top + row * scale, scale }, value)
      }
    })
  })
}

function fillSquare(picture: Picture, { x, y, scale }: Spot, value: number): void {
  const { width, height, channels, data } = picture
  const left = Math.max(0, x)
  const right = Math.min(width, x + scale)
  if (right <= left) return
  for (let row = Math.max(0, y); row < Math.min(height, y + scale); row++) {
    data.fill(value, (row * width + left) * channels, (row * width + right) * channels)
  }
}

/** Draws an image (CHW bytes, as many channels as the picture has), each pixel a square of `scale`. */
export function drawImage(
  picture: Picture,
  image: { readonly data: Uint8Array; readonly height: number; readonly width: number },
  { x, y, scale }: Spot,
): void {
  const { data, height, width } = image
  const { channels } = picture
  if (data.length !== channels * height * width) {
    throw new ImagesError(
      `image: does not fit the picture, got ${data.length} bytes, expected ${channels * height * width}`,
    )
  }
  for (let row = 0; row < height * scale; row++) {
    for (let column = 0; column < width * scale; column++) {
      const from = Math.floor(row / scale) * width + Math.floor(column / scale)
      const to = ((y + row) * picture.width + x + column) * channels
      for (let c = 0; c < channels; c++) picture.data[to + c] = data[c * height * width + from] ?? 0
    }
  }
}

/** Text broken at spaces into lines of at most `width` pixels; a longer word keeps its line. */
export function wrapText(text: string, width: number, scale: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    const joined = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && textWidth(joined, scale) <= width) lines[lines.length - 1] = joined
    else lines.push(word)
  }
  return lines
}
