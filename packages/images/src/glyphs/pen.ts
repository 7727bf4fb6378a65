// A round pen with soft edges, drawn along polylines into an 8-bit raster.

/** A raster of one grey image inside a larger array. */
export interface Raster {
  readonly data: Uint8Array
  readonly offset: number
  readonly height: number
  readonly width: number
}

/** A polyline with the pen's radius at each of its points, all in pixels. */
export interface Ink {
  /** x0, y0, x1, y1, ... */
  readonly line: ArrayLike<number>
  readonly radii: ArrayLike<number>
  /** How many pixels the edge takes from full ink to none. */
  readonly softness: number
}

/** Draws ink; where strokes overlap the darker one shows. */
export function draw(raster: Raster, ink: Ink): void {
  for (let i = 0; i + 1 < ink.radii.length; i++) drawSegment(raster, ink, i)
}

/** Segment `index` of the line: every pixel whose centre is near enough, by its distance to it. */
function drawSegment(raster: Raster, { line, radii, softness }: Ink, index: number): void {
  const { data, offset, height, width } = raster
  const x0 = line[2 * index] ?? 0
  const y0 = line[2 * index + 1] ?? 0
  const dx = (line[2 * index + 2] ?? 0) - x0
  const dy = (line[2 * index + 3] ?? 0) - y0
  const radius = radii[index] ?? 0
  const growth = (radii[index + 1] ?? 0) - radius
  const reach = radius + Math.max(0, growth) + softness / 2
  const inverse = 1 / Math.max(1e-9, dx * dx + dy * dy)
  const top = Math.max(0, Math.ceil(y0 + Math.min(0, dy) - reach - 0.5))
  const bottom = Math.min(height - 1, Math.floor(y0 + Math.max(0, dy) + reach - 0.5))
  const left = Math.max(0, Math.ceil(x0 + Math.min(0, dx) - reach - 0.5))
  const right = Math.min(width - 1, Math.floor(x0 + Math.max(0, dx) + reach - 0.5))
  for (let row = top; row <= bottom; row++) {
    const py = row + 0.5 - y0
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x0
      const t = Math.min(1, Math.max(0, (px * dx + py * dy) * inverse))
      const ex = px - t * dx
      const ey = py - t * dy
      const squared = ex * ex + ey * ey
      if (squared >= reach * reach) continue
      const cover = (radius + t * growth - Math.sqrt(squared)) / softness + 0.5
      const value = Math.round(255 * Math.min(1, cover))
      const at = offset + row * width + column
      if (value > (data[at] ?? 0)) data[at] = value
    }
  }
}
