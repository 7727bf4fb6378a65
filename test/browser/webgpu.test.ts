// The runtime in a page, on WebGPU computed in software: that it runs there, and what happens where it cannot.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { HAS_BROWSER, useBrowser, type Opened } from './browser.js'
import { everythingInNode, expectAlike, MODELS } from './compare.js'
import { startSite, type Site } from './site.js'
import { watchPage } from './watch.js'

describe.runIf(HAS_BROWSER)('a page on WebGPU', () => {
  const browser = useBrowser('webgpu')
  let site: Site

  beforeAll(async () => {
    site = await startSite()
  })

  const open = async (): Promise<Opened> => {
    const context = await browser.context()
    await context.addInitScript(watchPage)
    return browser.open(site.url, context)
  }

  it.each(MODELS)('computes what Node does with %s, chosen by itself', async (model) => {
    const { page, errors } = await open()
    const { info, everything, dispatched } = await page.evaluate(async (url) => {
      const vae = await anyvae.loadVae(url)
      globalThis.dispatched = 0
      const everything = await everythingOf(vae)
      await vae.release()
      return { info: vae.info, everything, dispatched: globalThis.dispatched }
    }, `/models/${model}`)
    expect(info).toMatchObject({ backend: 'onnxruntime-web', provider: 'webgpu', threads: 1 })
    expect(info).not.toHaveProperty('fallback')
    expect(dispatched).toBeGreaterThan(10)
    expectAlike(everything, await everythingInNode(model))
    expect(errors).toEqual([])
    expect(site.asked).not.toContain('ort-wasm-simd-threaded.wasm')
    await page.context().close()
  })
  it('does not choose a GPU in software by itself, and downloads nothing for it', async () => {
    const site = await startSite()
    const { page } = await browser.open(site.url)
    const info = await page.evaluate(async () => {
      const vae = await anyvae.loadVaeInWorker('/models/mnist-conv')
      await vae.release()
      return vae.info
    })
    const fallback = 'webgpu: not used, got an adapter in software, expected a GPU'
    expect(info).toMatchObject({ provider: 'wasm', fallback })
    expect(site.asked).not.toContain('ort-wasm-simd-threaded.asyncify.wasm')
    await page.context().close()
  })

  it('frees after a loss what it carries', async () => {
    const { page } = await open()
    const { kept, left, version } = await page.evaluate(async () => {
      const before = anyvae.webBackend.version
      const file = await fetch('/models/mnist-mlp/decoder.onnx')
      const session = await anyvae.webBackend.createSession(
        new Uint8Array(await file.arrayBuffer()),
        { provider: 'webgpu', carried: { image: 'latent' } },
      )
      const feed = { type: 'float32', dims: [1, 20], data: new Float32Array(20) } as const
      await session.run({ latent: feed })
      const kept = buffers.size
      devices.at(-1)?.destroy()
      await devices.at(-1)?.lost
      await session.release()
      return { kept, left: buffers.size, version: [before, anyvae.webBackend.version] }
    })
    expect(left).toBeLessThan(kept)
    expect(version).toEqual([undefined, expect.stringMatching(/^1\.\d+\.\d+/)])
    await page.context().close()
  })

  it('falls back where the first run fails, and says why', async () => {
    const { page } = await open()
    const { info, images } = await page.evaluate(async () => {
      const vae = await anyvae.loadVae('/models/mnist-conv', { precision: 'float16' })
      const { data } = await vae.sample(1)
      await vae.release()
      return { info: vae.info, images: data }
    })
    // Software has no float16: a session is created, and its first run fails.
    expect(info).toMatchObject({ provider: 'wasm', precision: 'float16' })
    expect(info).toHaveProperty('fallback', expect.stringMatching(/requires f16 but the device/))
    expect(images.length).toBe(784)
    expect(images.every((pixel) => pixel >= 0 && pixel <= 1)).toBe(true)
    await page.context().close()
  })

  it('refuses what runs when the device is destroyed and all runs after it', async () => {
    const { page } = await open()
    await page.evaluate(load)
    const running = page.evaluate(() => failureOf(vae.sample(20_000)))
    await page.evaluate(() => {
      devices.at(-1)?.destroy()
    })
    expect(await running).toEqual(LOST)
    expect(await page.evaluate(() => failureOf(vae.sample(1)))).toEqual(LOST)
    await expectNewStart(page)
    await page.context().close()
  })

  it('refuses runs when the device was destroyed in between', async () => {
    const { page } = await open()
    await page.evaluate(load)
    await page.evaluate(async () => {
      devices.at(-1)?.destroy()
      await devices.at(-1)?.lost
    })
    expect(await page.evaluate(() => failureOf(vae.sample(1)))).toEqual(LOST)
    await expectNewStart(page)
    await page.context().close()
  })
})

const LOST = {
  isRuntimeError: true,
  message:
    "webgpu: the GPU device was lost, got 'Device was destroyed.', expected to be loaded anew",
}

async function load(): Promise<void> {
  globalThis.vae = await anyvae.loadVae('/models/mnist-mlp', { provider: 'webgpu' })
  await vae.sample(1)
}

/** What has lost its device can be released, and the model be loaded anew. */
async function expectNewStart(page: Page): Promise<void> {
  const { again, provider, pixels } = await page.evaluate(async () => {
    await Promise.all([vae.release(), vae.release()])
    const again = await failureOf(vae.sample(1))
    const other = await anyvae.loadVae('/models/mnist-mlp')
    const { data } = await other.sample(2)
    await other.release()
    return { again, provider: other.info.provider, pixels: data.length }
  })
  expect(again).toEqual(RELEASED)
  expect({ provider, pixels }).toEqual({ provider: 'webgpu', pixels: 2 * 784 })
}

const RELEASED = {
  isRuntimeError: true,
  message: 'session: already released, got a further use, expected none',
}

describe.runIf(HAS_BROWSER)('a page whose GPU process dies', () => {
  const browser = useBrowser('webgpu')

  it('says so, and works when loaded anew', async () => {
    const context = await browser.context()
    const { page } = await browser.open((await startSite()).url, context)
    await page.evaluate(load)
    const running = page.evaluate(() => failureOf(vae.sample(20_000)))
    const protocol = await context.browser()?.newBrowserCDPSession()
    // Its answer may never come: the process that was asked is gone.
    void protocol?.send('Browser.crashGpuProcess').catch(() => undefined)
    const { isRuntimeError, message } = await running
    expect(isRuntimeError).toBe(true)
    expect(message).toMatch(
      /^webgpu: the GPU device was lost, got '.+', expected to be loaded anew$/,
    )
    await expectNewStart(page)
  })
})
