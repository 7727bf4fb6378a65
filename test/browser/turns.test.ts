// What a page does while it computes on its own thread: between runs it draws and hears.
import { describe, expect, it } from 'vitest'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { startSite } from './site.js'

describe.runIf(HAS_BROWSER)('a page that computes on its own thread', () => {
  const browser = useBrowser('wasm')

  it.each([
    { what: 'many images', counts: [10_000] },
    { what: 'many calls', counts: Array<number>(1000).fill(2) },
  ])('goes on between the runs of $what, and ends them before a release', async ({ counts }) => {
    const { page } = await browser.open((await startSite()).url)
    const { turns, images } = await page.evaluate(async (counts) => {
      const vae = await anyvae.loadVae('/models/mnist-mlp', { provider: 'wasm' })
      await vae.sample(1)
      let turns = 0
      const timer = setInterval(() => turns++, 1)
      const samples = counts.map((count) => vae.sample(count))
      await vae.release()
      const done = await Promise.all(samples)
      clearInterval(timer)
      return { turns, images: done.reduce((sum, { shape }) => sum + shape[0], 0) }
    }, counts)
    expect(images).toBe(counts.reduce((sum, count) => sum + count, 0))
    expect(turns).toBeGreaterThan(3)
  })
})
