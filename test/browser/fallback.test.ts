// Pages that lack something: WebGPU, isolation headers, a secure origin, leave to run inline scripts.
import { describe, expect, it } from 'vitest'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { startSite } from './site.js'

const NO_ADAPTER = 'webgpu: not available, got no adapter, expected a GPU'

describe.runIf(HAS_BROWSER)('a page', () => {
  const browser = useBrowser('wasm')

  it('runs on WASM where there is no GPU, and says why', async () => {
    const { page, errors } = await browser.open((await startSite()).url)
    const { info, refused } = await page.evaluate(async () => {
      const vae = await anyvae.loadVae('/models/mnist-conv')
      await vae.sample(1)
      await vae.release()
      const refused = await failureOf(anyvae.loadVae('/models/mnist-conv', { provider: 'webgpu' }))
      return { info: vae.info, refused }
    })
    expect(info).toMatchObject({ provider: 'wasm', threads: 1, fallback: NO_ADAPTER })
    expect(refused).toEqual({ isRuntimeError: true, message: NO_ADAPTER })
    expect(errors).toEqual([])
  })

  it('runs on one thread without isolation headers, whatever it asks for', async () => {
    const { page } = await browser.open((await startSite()).url)
    const threads = await page.evaluate(async () => {
      const vae = await anyvae.loadVae('/models/mnist-conv', { provider: 'wasm', threads: 4 })
      await vae.sample(1)
      await vae.release()
      return { isolated: crossOriginIsolated, threads: vae.info.threads }
    })
    expect(threads).toEqual({ isolated: false, threads: 1 })
  })

  it('runs on the threads that there are with isolation headers', async () => {
    const { page } = await browser.open((await startSite({ isolated: true })).url)
    const { threads, most } = await page.evaluate(async () => {
      const vae = await anyvae.loadVae('/models/mnist-conv', { provider: 'wasm' })
      await vae.sample(1)
      await vae.release()
      return { threads: vae.info.threads, most: navigator.hardwareConcurrency }
    })
    expect(threads).toBe(Math.min(most, 8))
  })

  it('says that a page without https has no checksums, and runs a bare decoder', async () => {
    const { url } = await startSite()
    const { page } = await browser.open(url.replace('127.0.0.1', 'plain.test'))
    const { refused, info } = await page.evaluate(async () => {
      const refused = await failureOf(anyvae.loadVae('/models/mnist-conv'))
      const decoder = await anyvae.loadDecoder('/models/mnist-conv/decoder.onnx')
      await decoder.sample(1)
      await decoder.release()
      return { refused, info: decoder.info }
    })
    expect(refused.isRuntimeError).toBe(true)
    expect(refused.message).toBe(
      'checksum: not computable, got a page without crypto.subtle, expected https or localhost',
    )
    expect(info).toMatchObject({ provider: 'wasm' })
    expect(info).toHaveProperty('fallback', expect.stringContaining('got no navigator.gpu'))
  })
})

describe.runIf(HAS_BROWSER)('a policy that forbids WASM', () => {
  const browser = useBrowser('wasm')

  it('is named', async () => {
    const { page } = await browser.open((await startSite({ policy: "script-src 'self'" })).url)
    const { message } = await page.evaluate(() => failureOf(anyvae.loadVae('/models/mnist-conv')))
    expect(message).toMatch(/expected a content security policy with 'wasm-unsafe-eval'$/)
  })
})

describe.runIf(HAS_BROWSER).each(['wasm', 'webgpu'] as const)('a strict policy, on %s', (kind) => {
  const browser = useBrowser(kind)

  it.each([false, true])('is no hindrance; isolated: %s', async (isolated) => {
    const policy =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:"
    const site = await startSite({ isolated, policy })
    const { page, errors } = await browser.open(site.url)
    const { info, pixels } = await page.evaluate(async (provider) => {
      const vae = await anyvae.loadVae('/models/mnist-conv', { provider })
      const { data } = await vae.sample(3)
      await vae.reconstruct(data)
      await vae.release()
      return { info: vae.info, pixels: data.length }
    }, kind)
    expect(info.provider).toBe(kind)
    expect(pixels).toBe(3 * 784)
    // Each breach of the policy would be one.
    expect(errors).toEqual([])
  })
})
