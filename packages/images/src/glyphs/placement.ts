// Fitting a digit's lines into its frame, as MNIST's digits were.

/** Where the lines go, in pixels. */
export interface Placement {
  readonly height: number
  readonly width: number
  /** What the longer side of the lines' bounding box becomes. */
  readonly side: number
  readonly shiftX: number
  readonly shiftY: number
  /** Room that is kept between the lines and the frame. */
  readonly margin: number
}

/**
 * The lines (x0, y0, x1, y1, ...) scaled to a size, with their centre of mass in the middle of the
 * frame plus a shift, or as near to it as the margin lets them.
 */
export function place(lines: readonly number[][], placement: Placement): number[][] {
  const { height, width, side, shiftX, shiftY, margin } = placement
  const { across, down } = extents(lines)
  const zoom = side / Math.max(1e-6, across.most - across.least, down.most - down.least)
  const left = offset(across, { zoom, room: width, shift: shiftX, margin })
  const top = offset(down, { zoom, room: height, shift: shiftY, margin })
  return lines.map((line) => line.map((value, i) => value * zoom + (i % 2 ? top : left)))
}

/** The lines along one axis: both ends, and the mean by length. */
interface Extent {
  readonly least: number
  readonly most: number
  readonly mean: number
}

interface Fitting {
  readonly zoom: number
  readonly room: number
  readonly shift: number
  readonly margin: number
}

function offset({ least, most, mean }: Extent, { zoom, room, shift, margin }: Fitting): number {
  const wanted = room / 2 + shift - mean * zoom
  return Math.min(room - margin - most * zoom, Math.max(margin - least * zoom, wanted))
}

function extents(lines: readonly number[][]): { across: Extent; down: Extent } {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  let [mass, sumX, sumY] = [1e-9, 0, 0]
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2) {
      const x = line[i] ?? 0
      const y = line[i + 1] ?? 0
      const nextX = line[i + 2] ?? x
      const nextY = line[i + 3] ?? y
      const length = Math.hypot(nextX - x, nextY - y)
      mass += length
      sumX += (length * (x + nextX)) / 2
      sumY += (length * (y + nextY)) / 2
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  }
  return {
    across: { least: left, most: right, mean: sumX / mass },
    down: { least: top, most: bottom, mean: sumY / mass },
  }
}
