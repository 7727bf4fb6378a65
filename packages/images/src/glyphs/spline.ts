// Smooth curves through control points, as polylines.

/** A point of a stroke: where it is, and whether the pen turns sharply there. */
export interface StrokePoint {
  readonly x: number
  readonly y: number
  readonly corner: boolean
}

/**
 * The curve through `points`, as x0, y0, x1, y1, ...: cubic pieces with the tangents of a
 * centripetal Catmull-Rom spline (Yuksel, Schaefer and Keyser 2011), which neither loops nor
 * overshoots between close points; a sharp corner ends one spline and starts the next.
 *
 * @param steps line segments per piece
 */
export function flatten(points: readonly StrokePoint[], steps: number): number[] {
  const first = points[0]
  const out = first ? [first.x, first.y] : []
  for (let i = 0; i + 1 < points.length; i++) {
    const from = points[i]
    const to = points[i + 1]
    if (!from || !to) continue
    const before = from.corner ? from : (points[i - 1] ?? from)
    const after = to.corner ? to : (points[i + 2] ?? to)
    piece(out, [before, from, to, after], steps)
  }
  return out
}

type Four = readonly [StrokePoint, StrokePoint, StrokePoint, StrokePoint]

function piece(out: number[], [a, b, c, d]: Four, steps: number): void {
  const spacing = [knot(a, b), knot(b, c), knot(c, d)] as const
  const [startX, endX] = tangents([a.x, b.x, c.x, d.x], spacing)
  const [startY, endY] = tangents([a.y, b.y, c.y, d.y], spacing)
  for (let step = 1; step <= steps; step++) {
    const t = step / steps
    const end = t * t * (3 - 2 * t)
    const leave = t * (1 - t) * (1 - t)
    const arrive = t * t * (t - 1)
    out.push(
      b.x + (c.x - b.x) * end + startX * leave + endX * arrive,
      b.y + (c.y - b.y) * end + startY * leave + endY * arrive,
    )
  }
}

/** Knot distance of two points: the square root of their distance, kept off zero. */
function knot(from: StrokePoint, to: StrokePoint): number {
  return Math.max(1e-4, Math.sqrt(Math.hypot(to.x - from.x, to.y - from.y)))
}

/** Tangents at b and c of the piece between them, in units of that piece. */
function tangents(
  [a, b, c, d]: readonly [number, number, number, number],
  [before, here, after]: readonly [number, number, number],
): [number, number] {
  const slope = (c - b) / here
  const leave = before <= 1e-4 ? slope : (b - a) / before - (c - a) / (before + here) + slope
  const arrive = after <= 1e-4 ? slope : slope - (d - b) / (here + after) + (d - c) / after
  return [leave * here, arrive * here]
}
