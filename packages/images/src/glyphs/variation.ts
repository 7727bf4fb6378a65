// A writer's hand: one form of a digit, varied by random numbers and fitted into the frame.
import { forms, type Form } from './forms.js'
import { place } from './placement.js'
import { flatten, type StrokePoint } from './spline.js'
import type { Ink } from './pen.js'

/** Random numbers per image: uniforms choose, normals shape. */
export const UNIFORMS = 8
export const NORMALS = 80

/** The random numbers of one image. */
export interface Draws {
  /** `UNIFORMS` uniforms in (0, 1). */
  readonly uniforms: Float64Array
  /** `NORMALS` standard normals. */
  readonly normals: Float32Array
}

/** Sizes that MNIST uses, in pixels of a 28 pixel frame. */
const FRAME = 28
const BOX = 20

/** The label that the draws stand for: every digit is as likely as every other. */
export function drawnLabel({ uniforms }: Draws): number {
  return Math.floor(10 * (uniforms[0] ?? 0))
}

/** The strokes of one digit as ink, in pixels of a frame of the given size. */
export function write(
  label: number,
  draws: Draws,
  frame: { height: number; width: number },
): Ink[] {
  const scale = Math.min(frame.height, frame.width) / FRAME
  const steps = Math.max(4, Math.round(6 * Math.sqrt(scale)))
  const hand = handOf(draws)
  const lines = bend(chooseForm(label, draws), draws, hand).map((points) => flatten(points, steps))
  const radius = hand.radius * scale
  const placed = place(lines, {
    ...frame,
    side: BOX * scale * hand.size - 2 * radius,
    shiftX: hand.shiftX * scale,
    shiftY: hand.shiftY * scale,
    margin: radius + 1.5 * scale,
  })
  const softness = Math.max(1, 1.15 * Math.sqrt(scale))
  return placed.map((line, i) => ({
    line,
    radii: pressure(line.length / 2, radius, hand, i),
    softness,
  }))
}

/** How this digit is written as a whole. */
interface Hand {
  readonly morph: number
  readonly slant: number
  readonly turn: number
  readonly stretch: number
  readonly radius: number
  readonly size: number
  readonly shiftX: number
  readonly shiftY: number
  readonly pulse: number
  readonly phase: number
  readonly waves: readonly Wave[]
}

/** A slow wave that bends the whole digit along one axis. */
interface Wave {
  readonly along: number
  readonly across: number
  readonly phase: number
  readonly height: number
}

export const HAND_NORMALS = 24

function handOf({ uniforms, normals }: Draws): Hand {
  const normal = (i: number): number => Math.min(2.5, Math.max(-2.5, normals[i] ?? 0))
  const wave = (i: number): Wave => ({
    along: 2.2 + 0.8 * normal(i),
    across: 2.2 + 0.8 * normal(i + 1),
    phase: 2 * normal(i + 2),
    height: 0.045 * normal(i + 3),
  })
  return {
    morph: 1.3 * (uniforms[2] ?? 0) - 0.15,
    slant: 0.14 + 0.22 * normal(0),
    turn: 0.07 * normal(1),
    stretch: Math.exp(0.16 * normal(2)),
    radius: Math.min(2.1, 1.25 * Math.exp(0.26 * normal(3))),
    size: 1 - 0.05 * Math.abs(normal(4)),
    shiftX: 0.5 * normal(5),
    shiftY: 0.5 * normal(6),
    pulse: 0.1 + 0.05 * normal(7),
    phase: 2 * Math.PI * (uniforms[3] ?? 0),
    waves: [wave(8), wave(12), wave(16), wave(20)],
  }
}

function chooseForm(label: number, { uniforms }: Draws): Form {
  const ways = forms[label] ?? []
  let left = (uniforms[1] ?? 0) * ways.reduce((sum, form) => sum + form.weight, 0)
  const chosen = ways.find((form) => (left -= form.weight) < 0) ?? ways[0]
  return chosen ?? { weight: 1, strokes: [] }
}

/** The form's control points, morphed, jittered and bent; in the form's own units. */
function bend(form: Form, { normals }: Draws, hand: Hand): StrokePoint[][] {
  let next = HAND_NORMALS
  const jitter = (): number => 0.026 * (normals[next++] ?? 0)
  return form.strokes.map((stroke) =>
    stroke.map((point) => {
      const x = (point.x + hand.morph * point.dx - 0.5) * hand.stretch + jitter()
      const y = point.y + hand.morph * point.dy - 0.5 + jitter()
      const bentX = x + sway(hand.waves[0], x, y) + sway(hand.waves[1], y, x) - hand.slant * y
      const bentY = y + sway(hand.waves[2], y, x) + sway(hand.waves[3], x, y)
      return { ...rotate(bentX, bentY, hand.turn), corner: point.corner }
    }),
  )
}

function sway(wave: Wave | undefined, a: number, b: number): number {
  return wave ? wave.height * Math.sin(wave.along * a + wave.across * b + wave.phase) : 0
}

function rotate(x: number, y: number, angle: number): { x: number; y: number } {
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  return { x: x * cos - y * sin, y: x * sin + y * cos }
}

/** The pen's radius along a line: it swells and thins slowly, is a
 * little uneven, and thins towards the end. */
function pressure(points: number, radius: number, hand: Hand, stroke: number): number[] {
  return Array.from({ length: points }, (_, i) => {
    const t = points > 1 ? i / (points - 1) : 0
    const phase = hand.phase + 2 * stroke
    const swell = hand.pulse * Math.sin(5 * t + phase) + 0.06 * Math.sin(1.9 * i + 3 * phase)
    const taper = 0.18 * Math.max(0, (t - 0.8) / 0.2)
    return radius * (1 + swell - taper)
  })
}
