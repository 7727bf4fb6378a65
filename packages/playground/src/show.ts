// Images on the page's canvases, pixel by pixel; style sheets make them larger.
import { imageSize, unitPixels, type ImageSet, type ImageShape } from '@anyvae/images'
import { drawImages } from '@anyvae/runtime-web'

/** How a grid of images lies. */
export interface GridLayout {
  readonly shape: ImageShape
  readonly columns: number
}

/** Draws images (CHW, range 0 to 1) as a grid. */
export function showImages(
  canvas: HTMLCanvasElement,
  data: Float32Array,
  { shape, columns }: GridLayout,
): void {
  const { channels, height, width } = shape
  const count = data.length / imageSize(shape)
  drawImages(canvas, { data, shape: [count, channels, height, width] }, { columns, gap: 1 })
}

/** Draws the first images of a set. */
export function showFirst(canvas: HTMLCanvasElement, set: ImageSet, most: number): void {
  const shown = Math.min(most, set.count)
  const bytes = set.data.subarray(0, shown * imageSize(set.shape))
  showImages(canvas, unitPixels(bytes), { shape: set.shape, columns: Math.min(most / 2, shown) })
}

/** Draws each image beside its reconstruction, four pairs in a row. */
export function showPairs(
  canvas: HTMLCanvasElement,
  { images, reconstructions }: { images: Uint8Array; reconstructions: Float32Array },
  shape: ImageShape,
): void {
  const size = imageSize(shape)
  const originals = unitPixels(images)
  const both = new Float32Array(2 * originals.length)
  for (let i = 0; i * size < originals.length; i++) {
    both.set(originals.subarray(i * size, (i + 1) * size), 2 * i * size)
    both.set(reconstructions.subarray(i * size, (i + 1) * size), (2 * i + 1) * size)
  }
  showImages(canvas, both, { shape, columns: 8 })
}
