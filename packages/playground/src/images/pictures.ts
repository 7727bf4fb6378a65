// Picture files as images of one shape, by the browser's own decoders.
import { imageSet, ImagesError, type ImageSet } from '@anyvae/images'

/** What pictures are made into, and who is told of how many are read. */
export interface PictureOptions {
  readonly side: number
  /** 1 grey, 3 colour. */
  readonly channels: number
  readonly onProgress: (done: number, total: number) => void
}

/** Pictures cut to squares, resized and made grey or coloured; transparent parts become black. */
export async function readPictures(
  files: readonly File[],
  { side, channels, onProgress }: PictureOptions,
): Promise<ImageSet> {
  const size = channels * side * side
  const data = new Uint8Array(files.length * size)
  const canvas = new OffscreenCanvas(side, side)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('canvas: no 2D context, expected one')
  context.imageSmoothingQuality = 'high'
  for (const [i, file] of files.entries()) {
    const picture = await decode(file)
    drawCovering(context, picture, side)
    picture.close()
    const pixels = context.getImageData(0, 0, side, side).data
    data.set(channels === 1 ? grey(pixels) : colours(pixels), i * size)
    onProgress(i + 1, files.length)
  }
  return imageSet({ name: 'images', shape: { channels, height: side, width: side }, data })
}

async function decode(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file)
  } catch (cause) {
    throw new ImagesError(
      `${file.name}: no readable image, got ${file.type || 'unknown bytes'}, expected a picture, an IDX or a .npy file`,
      { cause },
    )
  }
}

/** What sticks out of the square is cut. */
function drawCovering(
  context: OffscreenCanvasRenderingContext2D,
  picture: ImageBitmap,
  side: number,
): void {
  const scale = Math.max(side / picture.width, side / picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  context.fillStyle = 'black'
  context.fillRect(0, 0, side, side)
  context.drawImage(picture, (side - width) / 2, (side - height) / 2, width, height)
}

/** Luma of ITU-R BT.601, from RGBA. */
function grey(pixels: Uint8ClampedArray): Uint8Array {
  return Uint8Array.from({ length: pixels.length / 4 }, (_, i) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(4 * i, 4 * i + 3)
    return Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
  })
}

/** From RGBA to planes. */
function colours(pixels: Uint8ClampedArray): Uint8Array {
  const area = pixels.length / 4
  return Uint8Array.from({ length: 3 * area }, (_, i) => {
    return pixels[4 * (i % area) + Math.floor(i / area)] ?? 0
  })
}
