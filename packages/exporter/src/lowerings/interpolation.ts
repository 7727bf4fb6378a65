// Where the pixels of a resized image come from, as TensorFlow.js computes it in float64.

/** One axis of an image before and after a resize. */
export interface Axis {
  readonly before: number
  readonly after: number
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
}

/** How far apart the pixels are, in pixels of the image before. */
function step({ before, after, alignCorners }: Axis): number {
  return alignCorners && after > 1 ? (before - 1) / (after - 1) : before / after
}

/** The pixel that is nearest to one of the resized image. */
export function nearestPlace(axis: Axis, place: number): number {
  const source = step(axis) * (axis.halfPixelCenters ? place + 0.5 : place)
  const whole = axis.alignCorners ? Math.round(source) : Math.floor(source)
  return Math.max(0, Math.min(axis.before - 1, whole))
}

/**
 * Whether ONNX's Resize picks the same pixels as TensorFlow.js, be it computed in float32 or in
 * float64: it takes the steps the other way round, so that rounding may hit another pixel.
 */
export function nearestResizes(axis: Axis): boolean {
  return [Math.fround, Number].every((round) =>
    Array.from({ length: axis.after }, (_, place) => place).every(
      (place) => resizePlace(axis, place, round) === nearestPlace(axis, place),
    ),
  )
}

function resizePlace(axis: Axis, place: number, round: (value: number) => number): number {
  const { before, after, alignCorners, halfPixelCenters } = axis
  const scale = round(after / before)
  const shifted = halfPixelCenters
    ? round(round((place + 0.5) / scale) - 0.5)
    : round(place / scale)
  const aligned = after > 1 ? round(round(place * (before - 1)) / (after - 1)) : 0
  const source = alignCorners ? aligned : shifted
  const whole = alignCorners || halfPixelCenters ? Math.round(source) : Math.floor(source)
  return Math.max(0, Math.min(before - 1, whole))
}

/**
 * How much each pixel of the resized image weighs in each pixel before, [before, after].
 */
export function nearestWeights(axis: Axis): number[][] {
  return weights(axis, (place) => [[nearestPlace(axis, place), 1]])
}

/** As `nearestWeights`, for bilinear interpolation. */
export function linearWeights(axis: Axis): number[][] {
  return weights(axis, (place) => {
    const half = axis.halfPixelCenters ? 0.5 : 0
    const source = (place + half) * step(axis) - half
    const low = Math.max(0, Math.floor(source))
    const high = Math.min(Math.ceil(source), axis.before - 1)
    return [
      [low, 1 - (source - low)],
      [high, source - low],
    ]
  })
}

type Sources = (place: number) => readonly (readonly [number, number])[]

function weights({ before, after }: Axis, sources: Sources): number[][] {
  const rows = Array.from({ length: before }, () => Array.from({ length: after }, () => 0))
  for (let place = 0; place < after; place++) {
    for (const [source, weight] of sources(place)) {
      const row = rows[source] ?? []
      row[place] = (row[place] ?? 0) + weight
    }
  }
  return rows
}
