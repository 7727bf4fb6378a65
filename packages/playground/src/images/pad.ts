// The drawing area: strokes of a pointer, kept as points.
import { element } from '../dom.js'
import { drawStrokes, type Drawing, type Point } from './strokes.js'

/** What is on the drawing area. */
export interface Pad {
  drawing(): Drawing
  wipe(): void
}

/** Makes the canvas of the page one to draw on. */
export function createPad(): Pad {
  const canvas = element('pad', HTMLCanvasElement)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('canvas: no 2D context, expected one')
  let strokes: Point[][] = []
  const show = (): void => {
    context.fillStyle = 'black'
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.strokeStyle = 'white'
    drawStrokes(context, strokes, { side: canvas.width })
  }
  const pointOf = (event: PointerEvent): Point => {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height }
  }
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    strokes.push([pointOf(event)])
    show()
  })
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return
    strokes.at(-1)?.push(...event.getCoalescedEvents().map(pointOf), pointOf(event))
    show()
  })
  const wipe = (): void => {
    strokes = []
    show()
  }
  wipe()
  return { drawing: () => strokes, wipe }
}
