// Decoded images as pixels of a page.
import { checkWhole, refuse, type ImageBatch } from '@anyvae/runtime'

/** How to lay images out. */
export interface DrawOptions {
  /** Images beside each other; as near to a square as it goes where left out. */
  readonly columns?: number
  /** The side of the square that a pixel becomes; 1 where left out. */
  readonly scale?: number
  /** Transparent pixels between images; 0 where left out. */
  readonly gap?: number
}

/**
 * One image of a batch, grey (1 channel) or RGB (3).
 *
 * @throws RuntimeError on what is no batch, on another number of channels, or where there is no such
 * image
 */
export function toImageData(images: ImageBatch, index = 0): ImageData {
  const [count, channels, height, width] = shapeOf(images)
  checkWhole('index', index, 0, count - 1)
  const size = channels * height * width
  const data = images.data.subarray(index * size, (index + 1) * size)
  return drawn({ data, shape: [1, channels, height, width] }, {})
}

/**
 * Draws all images of a batch, row by row, onto a canvas, which takes the size that they need.
 *
 * @throws RuntimeError on what is no batch, on a number of channels that is not 1 or 3, on options out
 * of range, on a canvas without a 2D context, or where it would be larger than a browser draws
 */
export function drawImages(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  images: ImageBatch,
  options: DrawOptions = {},
): void {
  const pixels = drawn(images, options)
  const { width, height } = pixels
  const context = (canvas as Partial<HTMLCanvasElement> | null)?.getContext?.('2d')
  if (!context) refuse('canvas: no 2D context', canvas, 'its own')
  Object.assign(canvas, { width, height })
  context.putImageData(pixels, 0, 0)
  // A canvas that is too large for the browser stays blank, and tells nobody.
  if (width + height > SAFE_SIDES && !context.getImageData(0, 0, 1, 1).data[3])
    refuse('canvas: too large', `${width} x ${height}`, 'fewer images')
}

/** No browser refuses a canvas of which height and width are less together. */
const SAFE_SIDES = 4096

function shapeOf(images: ImageBatch): ImageBatch['shape'] {
  const { data, shape }: Partial<ImageBatch> = images ?? {}
  if (data instanceof Float32Array && shape?.length === 4) return shape
  refuse('images: not usable', images, 'decoded images')
}

function drawn(images: ImageBatch, options: DrawOptions): ImageData {
  const { data, width } = layOut(images, options)
  return new ImageData(data, width)
}

/** No browser draws more. */
const MOST_PIXELS = 2 ** 28

/** Pixels row by row, as ImageData holds them. */
export interface Layout {
  readonly data: Uint8ClampedArray<ArrayBuffer>
  readonly width: number
}

/** Images side by side as RGBA pixels. Throws RuntimeError as `drawImages` does. */
export function layOut(images: ImageBatch, options: DrawOptions): Layout {
  const [count, channels, height, width] = shapeOf(images)
  const { data } = images
  const { columns = Math.ceil(Math.sqrt(count)), scale = 1, gap = 0 } = options
  checkWhole('columns', columns, 1)
  checkWhole('scale', scale, 1)
  checkWhole('gap', gap, 0)
  if (channels !== 1 && channels !== 3)
    refuse('images: not to be drawn', `${channels} channels`, '1 or 3')
  const [across, down] = [width * scale + gap, height * scale + gap]
  const whole = Math.min(columns, count) * across - gap
  const size = whole * (Math.ceil(count / columns) * down - gap)
  checkWhole('pixels', size, 1, MOST_PIXELS)
  const pixels = new Uint8ClampedArray(size * 4)
  const area = height * width
  for (let image = 0; image < count; image++) {
    const corner = Math.floor(image / columns) * down * whole + (image % columns) * across
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const from = image * channels * area + Math.floor(y / scale) * width + Math.floor(x / scale)
        const to = 4 * (corner + y * whole + x)
        for (let colour = 0; colour < 3; colour++) {
          pixels[to + colour] = 255 * (data[from + (channels > 1 ? colour * area : 0)] ?? 0)
        }
        pixels[to + 3] = 255
      }
    }
  }
  return { data: pixels, width: whole }
}
