// Drawn strokes, and the images that are made of them.
import { imageSet, type ImageSet } from '@anyvae/images'
import { randomStream } from '@anyvae/random'

/** A point of a stroke, 0 to 1 from the left and from the top. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Strokes, each the way of a pen that is down. */
export type Drawing = readonly (readonly Point[])[]

/** Width of the pen, of the side of the picture. */
const PEN = 0.085
const SIDE = 28
const COLUMNS = 50

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** Draws strokes into the square of so many pixels at the origin. */
export function drawStrokes(
  context: Context,
  drawing: Drawing,
  { side = SIDE, pen = 1 } = {},
): void {
  context.lineWidth = PEN * side * pen
  context.lineCap = 'round'
  context.lineJoin = 'round'
  for (const stroke of drawing) {
    context.beginPath()
    stroke.forEach(({ x, y }, i) => {
      if (i === 0) context.moveTo(x * side, y * side)
      // A dot is a line of no length.
      context.lineTo(x * side, y * side)
    })
    context.stroke()
  }
}

/**
 * So many images of drawings, in turn, 28 x 28, white on black: the first of each as it was drawn, the
 * others turned, slanted, stretched and moved a little, by seed 0, stream `drawings`.
 */
export function variedDrawings(drawings: readonly Drawing[], count: number): ImageSet {
  const rows = Math.ceil(count / COLUMNS)
  const sheet = new OffscreenCanvas(COLUMNS * SIDE, rows * SIDE)
  const context = sheet.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('canvas: no 2D context, expected one')
  context.strokeStyle = 'white'
  const uniforms = randomStream(0, 'drawings').uniforms(count * DRAWS)
  for (let i = 0; i < count; i++) {
    const draws = uniforms.subarray(i * DRAWS, (i + 1) * DRAWS)
    const variation = i < drawings.length ? UNVARIED : draws
    context.save()
    context.translate((i % COLUMNS) * SIDE, Math.floor(i / COLUMNS) * SIDE)
    context.beginPath()
    context.rect(0, 0, SIDE, SIDE)
    context.clip()
    const pen = vary(context, variation)
    drawStrokes(context, drawings[i % drawings.length] ?? [], { pen })
    context.restore()
  }
  const { data } = context.getImageData(0, 0, sheet.width, sheet.height)
  return imageSet({
    name: 'drawings',
    shape: { channels: 1, height: SIDE, width: SIDE },
    data: cutUp(data, count),
  })
}

/** Random numbers a variation. */
const DRAWS = 7
const UNVARIED = new Float64Array(DRAWS).fill(0.5)

/** Bends the plane about the picture's middle; gives the pen's width. */
function vary(context: Context, draws: ArrayLike<number>): number {
  const [turn = 0, slant = 0, wide = 0, high = 0, right = 0, down = 0, pen = 0] = Array.from(
    draws,
    (u) => 2 * u - 1,
  )
  const middle = SIDE / 2
  context.translate(middle + 1.6 * right, middle + 1.6 * down)
  context.rotate(0.18 * turn)
  context.transform(1 + 0.14 * wide, 0, 0.2 * slant, 1 + 0.14 * high, 0, 0)
  context.translate(-middle, -middle)
  return 1 + 0.25 * pen
}

/** The sheet's red channel, image by image. */
function cutUp(pixels: Uint8ClampedArray, count: number): Uint8Array {
  const bytes = new Uint8Array(count * SIDE * SIDE)
  for (let i = 0; i < count; i++) {
    const left = (i % COLUMNS) * SIDE
    const top = Math.floor(i / COLUMNS) * SIDE
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) {
        const from = 4 * ((top + row) * COLUMNS * SIDE + left + column)
        // Ink is white; where there is none the canvas is transparent, and its alpha is the ink.
        bytes[(i * SIDE + row) * SIDE + column] = pixels[from + 3] ?? 0
      }
    }
  }
  return bytes
}
