// Grids of images with a title and labels, as pictures.
import { ImagesError } from './error.js'
import { imageSize, type ImageShape } from './image-set.js'
import { CHARACTER_HEIGHT } from './font.js'
import { blankPicture, drawImage, drawText, textWidth, wrapText, type Picture } from './picture.js'
import { bytePixels } from './unit.js'

/** Images of one shape, CHW, one after another: bytes, or numbers 0 to 1. */
export type GridImages = Uint8Array | Float32Array

/** How a grid looks; sizes in pixels of the picture unless said otherwise. */
export interface GridOptions {
  readonly shape: ImageShape
  /** Images in a row. */
  readonly columns: number
  /** Each image pixel becomes a square of so many; by default images are about 56 pixels wide. */
  readonly scale?: number
  /** Pixels between images; default 4. */
  readonly gap?: number
  /** Above the images; where only one of their channels is shown, it says so. */
  readonly title?: string
  /** Text above each column. */
  readonly columnLabels?: readonly string[]
  /** Text left of each row. */
  readonly rowLabels?: readonly string[]
}

/** How a grid of pairs looks: as a grid's options, with `columns` and labels for pairs. */
export interface PairGridOptions extends Omit<GridOptions, 'columns' | 'columnLabels'> {
  /** Pairs in a row; default 4. */
  readonly columns?: number
  /** What stands above the two images of each pair; default `original` and `reconstruction`. */
  readonly labels?: readonly [string, string]
}

const PAGE = 255
const TEXT = 32
const MARGIN = 10
const TITLE_SCALE = 2

/**
 * A grid in reading order, on a white page. Of images that are neither grey nor coloured (channels
 * other than 1 or 3) it shows the first channel, and the title says so.
 *
 * @throws ImagesError where the images are no whole number of images of the shape, or none, or where
 * a value is not a number
 */
export function imageGrid(images: GridImages, options: GridOptions): Picture {
  return drawGrid(toBytes(images), { ...options, group: 1 })
}

/**
 * Originals and what became of them, side by side in pairs; channels as `imageGrid` shows them.
 *
 * @throws ImagesError as `imageGrid`, and where there are not as many of the one as of the other
 */
export function pairGrid(
  originals: GridImages,
  reconstructions: GridImages,
  options: PairGridOptions,
): Picture {
  if (originals.length !== reconstructions.length) {
    throw new ImagesError(
      `reconstructions: not as many as originals, got ${reconstructions.length} values, expected ${originals.length}`,
    )
  }
  const { shape, labels = ['original', 'reconstruction'] } = options
  const pairs = interleave(toBytes(originals), toBytes(reconstructions), imageSize(shape))
  const widest = Math.max(...labels.map((label) => textWidth(label, 1)))
  const columns = Math.min(options.columns ?? 4, Math.max(1, pairs.length / 2 / imageSize(shape)))
  return drawGrid(pairs, {
    ...options,
    scale: options.scale ?? Math.max(defaultScale(shape), Math.ceil(widest / shape.width)),
    columns: 2 * columns,
    columnLabels: Array.from({ length: columns }, () => labels).flat(),
    group: 2,
  })
}

function interleave(first: Uint8Array, second: Uint8Array, size: number): Uint8Array {
  const both = new Uint8Array(2 * first.length)
  for (let i = 0; i * size < first.length; i++) {
    both.set(first.subarray(i * size, (i + 1) * size), 2 * i * size)
    both.set(second.subarray(i * size, (i + 1) * size), (2 * i + 1) * size)
  }
  return both
}

function toBytes(images: GridImages): Uint8Array {
  return images instanceof Uint8Array ? images : bytePixels(images)
}

function defaultScale({ height, width }: ImageShape): number {
  return Math.max(1, Math.round(56 / Math.max(height, width)))
}

/** A grid whose columns stand in groups, with a wider gap between them. */
interface Grouped extends GridOptions {
  readonly group: number
}

function drawGrid(all: Uint8Array, asked: Grouped): Picture {
  const count = countImages(all, asked.shape, asked.columns)
  const { bytes, channels, options } = drawable(all, asked)
  const { shape, columns } = options
  const size = imageSize(shape)
  const layout = layOut(count, options)
  const picture = blankPicture({ ...layout.page, channels }, PAGE)
  drawTitle(picture, options.title ?? '')
  for (let i = 0; i < count; i++) {
    const image = { ...shape, data: bytes.subarray(i * size, (i + 1) * size) }
    const x = layout.left(i % columns)
    drawImage(picture, image, { x, y: layout.top(Math.floor(i / columns)), scale: layout.scale })
  }
  drawLabels(picture, options, layout)
  return picture
}

interface Drawable {
  readonly bytes: Uint8Array
  readonly channels: 1 | 3
  readonly options: Grouped
}

/** The images as they are, or where that makes no picture their first channel. */
function drawable(bytes: Uint8Array, options: Grouped): Drawable {
  const { shape, title } = options
  const { channels } = shape
  if (channels === 1 || channels === 3) return { bytes, channels, options }
  const note = `channel 1 of ${channels}`
  return {
    bytes: firstChannel(bytes, shape),
    channels: 1,
    options: {
      ...options,
      shape: { ...shape, channels: 1 },
      title: title === undefined ? note : `${title}, ${note}`,
    },
  }
}

function firstChannel(bytes: Uint8Array, { channels, height, width }: ImageShape): Uint8Array {
  const area = height * width
  const first = new Uint8Array(bytes.length / channels)
  for (let i = 0; i * area < first.length; i++) {
    const start = i * channels * area
    first.set(bytes.subarray(start, start + area), i * area)
  }
  return first
}

function countImages(bytes: Uint8Array, shape: ImageShape, columns: number): number {
  const count = bytes.length / imageSize(shape)
  if (!Number.isInteger(count) || count === 0) {
    throw new ImagesError(
      `picture: no whole number of images, got ${bytes.length} values, expected a multiple of ${imageSize(shape)}`,
    )
  }
  if (!Number.isInteger(columns) || columns < 1) {
    throw new ImagesError(`columns: not usable, got ${columns}, expected a whole number from 1`)
  }
  return count
}

/** Where everything stands, in pixels. */
interface Layout {
  readonly page: { readonly width: number; readonly height: number }
  readonly scale: number
  readonly labelScale: number
  left(column: number): number
  top(row: number): number
}

function layOut(count: number, options: Grouped): Layout {
  const { shape, columns, gap = 4, group, columnLabels = [], rowLabels = [] } = options
  const scale = options.scale ?? defaultScale(shape)
  const pitch = shape.width * scale + gap
  const labelScale = columnLabels.every((text) => textWidth(text, 2) <= pitch - gap) ? 2 : 1
  const rowLabelWidth = Math.max(0, ...rowLabels.map((text) => textWidth(text, labelScale) + gap))
  const left = (column: number): number =>
    MARGIN + rowLabelWidth + column * pitch + (group > 1 ? Math.floor(column / group) * 3 * gap : 0)
  const used = Math.min(count, columns)
  const width = left(used - 1) + shape.width * scale + MARGIN
  const head = MARGIN + titleLines(options.title ?? '', width).height
  const labels = columnLabels.length ? CHARACTER_HEIGHT * labelScale + gap : 0
  const top = (row: number): number => head + labels + row * (shape.height * scale + gap)
  const rows = Math.ceil(count / columns)
  return { page: { width, height: top(rows) - gap + MARGIN }, scale, labelScale, left, top }
}

/** A title's lines: large where it fits in one, else small and wrapped. */
function titleLines(
  title: string,
  pageWidth: number,
): { lines: string[]; scale: number; height: number } {
  const width = pageWidth - 2 * MARGIN
  const scale = textWidth(title, TITLE_SCALE) <= width ? TITLE_SCALE : 1
  const lines = title === '' ? [] : wrapText(title, width, scale)
  const height = lines.length * (CHARACTER_HEIGHT + 3) * scale + (lines.length ? 4 : 0)
  return { lines, scale, height }
}

function drawTitle(picture: Picture, title: string): void {
  const { lines, scale } = titleLines(title, picture.width)
  lines.forEach((line, i) => {
    const y = MARGIN + i * (CHARACTER_HEIGHT + 3) * scale
    drawText(picture, line, { x: MARGIN, y, scale, value: TEXT })
  })
}

function drawLabels(picture: Picture, options: Grouped, layout: Layout): void {
  const { shape, gap = 4, columnLabels = [], rowLabels = [], columns } = options
  const { labelScale: scale } = layout
  const textHeight = CHARACTER_HEIGHT * scale
  columnLabels.slice(0, columns).forEach((text, column) => {
    const spare = shape.width * layout.scale - textWidth(text, scale)
    const x = layout.left(column) + Math.floor(spare / 2)
    drawText(picture, text, { x, y: layout.top(0) - gap - textHeight, scale, value: TEXT })
  })
  rowLabels.forEach((text, row) => {
    const y = layout.top(row) + Math.floor((shape.height * layout.scale - textHeight) / 2)
    const x = layout.left(0) - gap - textWidth(text, scale)
    drawText(picture, text, { x, y, scale, value: TEXT })
  })
}
