// The runtime in a page, on WASM: what it computes, with how many threads, and what it downloads.
import { describe, expect, it } from 'vitest'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { everythingInNode, expectAlike, MODELS } from './compare.js'
import { startSite } from './site.js'

describe.runIf(HAS_BROWSER)('a page on WASM', () => {
  const browser = useBrowser('wasm')

  it.each([
    { isolated: false, threads: 1 },
    { isolated: true, threads: 2 },
  ])('computes what Node does, with threads: %o', async ({ isolated, threads }) => {
    const site = await startSite({ isolated })
    const { page, errors } = await browser.open(site.url)
    for (const model of MODELS) {
      const { info, everything } = await page.evaluate(async (url) => {
        const vae = await anyvae.loadVae(url, { provider: 'wasm', threads: 2 })
        const everything = await everythingOf(vae)
        await vae.release()
        return { info: vae.info, everything }
      }, `/models/${model}`)
      expect(info).toMatchObject({ backend: 'onnxruntime-web', provider: 'wasm', threads })
      expect(info).toMatchObject({ precision: 'float32' })
      expect(info).not.toHaveProperty('fallback')
      expectAlike(everything, await everythingInNode(model))
    }
    expect(errors).toEqual([])
  })

  it('downloads the encoder when it is first used, and nothing of WebGPU', async () => {
    const site = await startSite()
    const { page } = await browser.open(site.url)
    site.asked.length = 0
    await page.evaluate(async () => {
      globalThis.vae = await anyvae.loadVae('/models/mnist-conv', { provider: 'wasm' })
      await vae.sample(1)
    })
    const scripts = /\.js$/
    expect(site.asked.filter((name) => !scripts.test(name)).sort()).toEqual([
      'anyvae.json',
      'decoder.onnx',
      'ort-wasm-simd-threaded.mjs',
      'ort-wasm-simd-threaded.wasm',
    ])
    site.asked.length = 0
    await page.evaluate(async () => {
      await vae.encode(new Float32Array(784))
      await vae.encode(new Float32Array(784))
      await vae.release()
    })
    expect(site.asked).toEqual(['encoder.onnx'])
  })
})
