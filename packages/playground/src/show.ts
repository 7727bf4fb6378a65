// Images on the page's canvases, pixel by pixel; style sheets make them larger.
import {
  gatherImages,
  imageSize,
  spreadIndices,
  unitPixels,
  type ImageSet,
  type ImageShape,
} from '@anyvae/images'
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

/** Draws images from all over a set. */
export function showSpread(canvas: HTMLCanvasElement, set: ImageSet, most: number): void {
  const indices = spreadIndices(set.count, most)
  const bytes = gatherImages(set, indices)
  const columns = Math.min(most / 2, indices.length)
  showImages(canvas, unitPixels(bytes), { shape: set.shape, columns })
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
