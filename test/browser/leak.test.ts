// What loading and releasing again and again leaves in a page's memory: nothing.
import { describe, expect, it } from 'vitest'
import type { CDPSession } from 'playwright-core'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { startSite } from './site.js'
import { watchPage } from './watch.js'

/** The heap also holds what V8 compiles, whenever it does: that would hide what the page holds. */
const NOT_COMPILED = '--js-flags=--no-opt --no-maglev --no-sparkplug'

describe.runIf(HAS_BROWSER).each([
  { kind: 'wasm', first: 100, last: 1000 },
  // Software needs some 150 ms for each.
  { kind: 'webgpu', first: 10, last: 100 },
] as const)('a page that loads and releases: %o', ({ kind, first, last }) => {
  const browser = useBrowser(kind, [NOT_COMPILED])

  it('needs no more memory in the end than at the start', async () => {
    const context = await browser.context()
    await context.addInitScript(watchPage)
    const { page } = await browser.open((await startSite()).url, context)
    const protocol = await context.newCDPSession(page)
    const cycle = (count: number) =>
      page.evaluate(
        async ([count, provider]) => {
          for (let i = 0; i < count; i++) {
            const vae = await anyvae.loadVae('/models/mnist-conv', { provider })
            await vae.sample(1)
            await vae.release()
          }
          const wasm = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
          return { wasm, buffers: buffers.size, buffersMade }
        },
        [count, kind] as const,
      )
    const atFirst = await cycle(first)
    const heapAtFirst = await heapOf(protocol)
    const atLast = await cycle(last - first)
    const heapAtLast = await heapOf(protocol)
    expect(atFirst.wasm).toBeGreaterThan(0)
    expect(atLast.wasm).toBeLessThanOrEqual(1.1 * atFirst.wasm)
    expect(heapAtLast).toBeLessThanOrEqual(1.05 * heapAtFirst)
    expect(atLast.buffersMade > 0).toBe(kind === 'webgpu')
    expect(atLast.buffers).toBeLessThanOrEqual(atFirst.buffers)
  })
})

/** Bytes of the page's objects and array buffers that something still refers to. */
async function heapOf(protocol: CDPSession): Promise<number> {
  // Twice: what the first one finalises, the second one collects.
  await protocol.send('HeapProfiler.collectGarbage')
  await protocol.send('HeapProfiler.collectGarbage')
  const usage = await protocol.send('Runtime.getHeapUsage')
  return usage.usedSize + usage.backingStorageSize
}

describe.runIf(HAS_BROWSER)('a page with an open model', () => {
  const browser = useBrowser('wasm')

  it('keeps none of the bytes that it was loaded from', async () => {
    const context = await browser.context()
    const { page } = await browser.open((await startSite()).url, context)
    await page.evaluate(async () => {
      globalThis.downloads = []
      // Both graphs are hashed as they arrived, to compare with the manifest's checksums.
      const digest = crypto.subtle.digest.bind(crypto.subtle)
      crypto.subtle.digest = (algorithm, data) => {
        downloads.push(new WeakRef(ArrayBuffer.isView(data) ? data.buffer : data))
        return digest(algorithm, data)
      }
      globalThis.vae = await anyvae.loadVae('/models/mnist-conv', { provider: 'wasm', lazy: false })
      await vae.sample(1)
    })
    await heapOf(await context.newCDPSession(page))
    const { made, held } = await page.evaluate(() => ({
      made: downloads.length,
      held: downloads.filter((bytes) => bytes.deref() !== undefined).length,
    }))
    expect({ made, held }).toEqual({ made: 2, held: 0 })
  })
})

declare global {
  /** The downloads of the page, as far as something still holds them. */
  var downloads: WeakRef<ArrayBufferLike>[]
}
