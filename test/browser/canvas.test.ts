// Images drawn in a page: their pixels on a canvas and in an ImageData.
import { join } from 'node:path'
import { loadVae } from '@anyvae/runtime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { ROOT } from '../command.js'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { startSite } from './site.js'

describe.runIf(HAS_BROWSER)('a page that draws', () => {
  const browser = useBrowser('wasm')
  let page: Page

  beforeAll(async () => {
    page = (await browser.open((await startSite()).url)).page
  })

  it('shows the digits that Node decodes, pixel by pixel', async () => {
    const drawn = await page.evaluate(async () => {
      const vae = await anyvae.loadVae('/models/mnist-mlp', { provider: 'wasm' })
      const images = await vae.sample(6, { seed: 1, temperature: 0.7 })
      await vae.release()
      const canvas = document.createElement('canvas')
      anyvae.drawImages(canvas, images, { columns: 3, scale: 2, gap: 4 })
      document.body.append(canvas)
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height)
      return { width: canvas.width, height: canvas.height, data: Array.from(pixels?.data ?? []) }
    })
    expect([drawn.width, drawn.height]).toEqual([3 * 56 + 2 * 4, 2 * 56 + 4])
    const vae = await loadVae(join(ROOT, 'models/mnist-mlp'))
    const { data } = await vae.sample(6, { seed: 1, temperature: 0.7 })
    await vae.release()
    const expected = laidOut(data, drawn)
    const largest = expected.reduce(
      (most, x, i) => Math.max(most, Math.abs(x - (drawn.data[i] ?? 0))),
      0,
    )
    expect(drawn.data.length).toBe(expected.length)
    // A difference of 1e-4 can turn a half.
    expect(largest).toBeLessThanOrEqual(1)
    // Digits, not noise nor a blank: mostly black, and some white.
    const white = data.filter((pixel) => pixel > 0.9).length / data.length
    expect(white).toBeGreaterThan(0.02)
    expect(white).toBeLessThan(0.3)
  })

  it('draws grey and colours, and refuses what it cannot', async () => {
    const { grey, colours, offscreen, failures } = await page.evaluate(async () => {
      const batch = (channels: number, data: number[]) => ({
        data: Float32Array.from(data),
        shape: [1, channels, 1, 2] as const,
      })
      const canvas = new OffscreenCanvas(1, 1)
      anyvae.drawImages(canvas, batch(1, [0, 1]), { scale: 2 })
      const attempt = (work: () => unknown) => failureOf(new Promise((done) => done(work())))
      return {
        grey: Array.from(anyvae.toImageData(batch(1, [0.2, 1])).data),
        colours: Array.from(anyvae.toImageData(batch(3, [1, 0, 0, 0.4, 0, 1])).data),
        offscreen: [canvas.width, canvas.height],
        failures: [
          await attempt(() => anyvae.toImageData(batch(2, [0, 0, 0, 0]))),
          await attempt(() => anyvae.toImageData(batch(1, [0, 1]), 1)),
          await attempt(() => anyvae.drawImages(canvas, batch(1, [0, 1]), { scale: 0.5 })),
        ],
      }
    })
    expect(grey).toEqual([51, 51, 51, 255, 255, 255, 255, 255])
    expect(colours).toEqual([255, 0, 0, 255, 0, 102, 255, 255])
    expect(offscreen).toEqual([4, 2])
    expect(failures.every(({ isRuntimeError }) => isRuntimeError)).toBe(true)
    expect(failures.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "images: not to be drawn, got 2 channels, expected 1 or 3",
        "index: not usable, got 1, expected a whole number of 0 to 0",
        "scale: not usable, got 0.5, expected a whole number of at least 1",
      ]
    `)
  })

  it('refuses what cannot be drawn, and what no canvas could show', async () => {
    const messages = await page.evaluate(() => {
      const canvas = document.createElement('canvas')
      const grey = (count: number, side: number) => ({
        data: new Float32Array(count * side * side),
        shape: [count, 1, side, side] as const,
      })
      const none: unknown = null
      const promise: unknown = Promise.resolve(grey(1, 1))
      const tasks = [
        () => anyvae.drawImages(none as HTMLCanvasElement, grey(1, 1)),
        () => anyvae.toImageData(promise as ReturnType<typeof grey>),
        () => anyvae.drawImages(canvas, none as ReturnType<typeof grey>),
        () => anyvae.drawImages(canvas, grey(1, 2), { scale: 1e9 }),
        () => anyvae.drawImages(canvas, grey(3000, 28), { columns: 1 }),
      ]
      return Promise.all(tasks.map(async (task) => failureOf(Promise.resolve().then(task))))
    })
    expect(messages.every(({ isRuntimeError }) => isRuntimeError)).toBe(true)
    expect(messages.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "canvas: no 2D context, got null, expected its own",
        "images: not usable, got [object Promise], expected decoded images",
        "images: not usable, got null, expected decoded images",
        "pixels: not usable, got 4000000000000000000, expected a whole number of 1 to 268435456",
        "canvas: too large, got 28 x 84000, expected fewer images",
      ]
    `)
  })

  it('shows a canvas that is high, but not too high', async () => {
    const opaque = await page.evaluate(() => {
      const canvas = document.createElement('canvas')
      const images = { data: new Float32Array(5000), shape: [5000, 1, 1, 1] as const }
      anyvae.drawImages(canvas, images, { columns: 1, scale: 2 })
      return canvas.getContext('2d')?.getImageData(0, 9999, 1, 1).data[3]
    })
    expect(opaque).toBe(255)
  })
})

/** Grey digits of 28 x 28 at scale 2, three beside each other with gaps of 4, as RGBA. */
function laidOut(
  data: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
): number[] {
  const pixels = new Array<number>(4 * width * height).fill(0)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [across, down] = [x % 60, y % 60]
      if (across >= 56 || down >= 56) continue
      const image = Math.floor(y / 60) * 3 + Math.floor(x / 60)
      const value = data[image * 784 + (down >> 1) * 28 + (across >> 1)] ?? 0
      const grey = Math.round(255 * value)
      pixels.splice(4 * (y * width + x), 4, grey, grey, grey, 255)
    }
  }
  return pixels
}
