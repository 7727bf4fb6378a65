// Bundles kept by a page: later loads without downloads, without a network, and what a damaged copy does.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { startSite, type Site } from './site.js'

describe.runIf(HAS_BROWSER)('a page that keeps what it downloads', () => {
  const browser = useBrowser('wasm')
  let models: Site
  let url: string
  let page: Page
  let reopen: () => Promise<Page>

  beforeEach(async () => {
    const pages = await startSite()
    models = await startSite({ cors: true })
    url = `${models.url}/models/mnist-conv`
    const context = await browser.context()
    reopen = async () => (await browser.open(pages.url, context)).page
    page = await reopen()
    return () => context.close()
  })

  const sample = (page: Page, cache: boolean | string = true) =>
    page.evaluate(
      async ([url, cache]) => {
        const vae = await anyvae.loadVae(url, { provider: 'wasm', cache })
        const { data } = await vae.sample(1, { seed: 5 })
        await vae.release()
        return data
      },
      [url, cache] as const,
    )

  const failure = (page: Page) =>
    page.evaluate((url) => failureOf(anyvae.loadVae(url, { provider: 'wasm', cache: true })), url)

  /** Writes a wrong byte into the kept copy of the decoder. */
  const damage = () =>
    page.evaluate(async (url) => {
      const cache = await caches.open('anyvae')
      const response = await cache.match(`${url}/decoder.onnx`)
      const bytes = new Uint8Array((await response?.arrayBuffer()) ?? [])
      bytes[bytes.length >> 1] = 255 - (bytes[bytes.length >> 1] ?? 0)
      await cache.put(`${url}/decoder.onnx`, new Response(bytes))
    }, url)

  it('works after a reload without a network', async () => {
    const before = await sample(page)
    await models.stop()
    expect(await sample(page)).toEqual(before)
    expect(await sample(await reopen())).toEqual(before)
    // The encoder was never used, and so never downloaded.
    const encoding = page.evaluate(async (url) => {
      const vae = await anyvae.loadVae(url, { provider: 'wasm', cache: true })
      return failureOf(vae.encode(new Float32Array(784)))
    }, url)
    expect(await encoding).toEqual({
      isRuntimeError: true,
      message: `${url}/encoder.onnx: cannot be read, got 'Failed to fetch', expected the file`,
    })
  })

  it('downloads model files once', async () => {
    await sample(page)
    models.asked.length = 0
    await sample(page)
    await sample(await reopen())
    expect(models.asked).toEqual(['anyvae.json', 'anyvae.json'])
  })

  it('keeps nothing unless told to, and under the name that it is told', async () => {
    const names = () => page.evaluate(() => caches.keys())
    await sample(page, false)
    expect(await names()).toEqual([])
    await sample(page, 'digits')
    expect(await names()).toEqual(['digits'])
  })

  it('downloads a damaged copy anew', async () => {
    const before = await sample(page)
    await damage()
    models.asked.length = 0
    expect(await sample(page)).toEqual(before)
    expect(models.asked).toEqual(['anyvae.json', 'decoder.onnx'])
    models.asked.length = 0
    expect(await sample(page)).toEqual(before)
    expect(models.asked).toEqual(['anyvae.json'])
  })

  it('works where a proxy alone answers', async () => {
    const before = await sample(page)
    models.faults.set('anyvae.json', 'unreachable')
    expect(await sample(page)).toEqual(before)
    await page.evaluate(() => caches.delete('anyvae'))
    expect((await failure(page)).message).toBe(
      `${url}/anyvae.json: cannot be read, got 'HTTP status 503 Service Unavailable', expected the file`,
    )
  })

  it('says that a copy is damaged where it cannot be downloaded anew', async () => {
    await sample(page)
    await damage()
    await models.stop()
    const { isRuntimeError, message } = await failure(page)
    expect(isRuntimeError).toBe(true)
    expect(message).toBe(
      `${url}/decoder.onnx: cannot be read, got 'Failed to fetch', expected the file`,
    )
  })

  it('asks once for what is missing', async () => {
    models.faults.set('decoder.onnx', 'missing')
    expect((await failure(page)).message).toContain('decoder.onnx: cannot be read')
    expect(models.asked).toEqual(['anyvae.json', 'decoder.onnx'])
  })

  it('takes no copy of a download that failed', async () => {
    for (const fault of ['altered', 'cut', 'truncated', 'page'] as const) {
      models.faults.set('decoder.onnx', fault)
      expect((await failure(page)).isRuntimeError).toBe(true)
      models.faults.clear()
      expect((await sample(page)).length).toBe(784)
      await page.evaluate(() => caches.delete('anyvae'))
    }
  })

  it('takes a manifest that was changed since, and says that one is gone', async () => {
    await sample(page)
    models.faults.set('anyvae.json', 'missing')
    const { message } = await failure(page)
    expect(message).toBe(
      `${url}/anyvae.json: cannot be read, got HTTP status 404 Not Found, expected the file`,
    )
  })
})
