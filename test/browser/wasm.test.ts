// The runtime in a page, on WASM: what it computes, with how many threads, and what it downloads.
import { join } from 'node:path'
import { loadVae } from '@anyvae/runtime-node'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../command.js'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { everythingInNode, expectAlike, expectClose, MODELS } from './compare.js'
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

  it('settles the threads by one of two sessions that begin at once', async () => {
    const { page } = await browser.open((await startSite({ isolated: true })).url)
    const outcomes = await page.evaluate(async () => {
      const load = async (threads: number) => {
        const url = '/models/mnist-conv/decoder.onnx'
        const decoder = await anyvae.loadDecoder(url, { provider: 'wasm', threads })
        await decoder.release()
        return decoder.info.threads === threads
      }
      const loads = await Promise.allSettled([load(1), load(2)])
      return loads.map((load) => (load.status === 'fulfilled' ? load.value : String(load.reason)))
    })
    expect(outcomes).toContain(true)
    expect(outcomes).toContainEqual(
      expect.stringMatching(/threads: settled by the first session, got (1, expected 2|2, .* 1)$/),
    )
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

  it('takes bare files, and onnxruntime from where it is told', async () => {
    const { page } = await browser.open((await startSite()).url)
    const { mean, pixels, shape, from, refused } = await page.evaluate(async () => {
      const options = { provider: 'wasm', wasmPaths: '/there' } as const
      const decoder = await anyvae.loadDecoder('/models/mnist-conv/decoder.onnx', options)
      const encoder = await anyvae.loadEncoder('/models/mnist-conv/encoder.onnx', options)
      const images = await decoder.sample(5, { seed: 3, temperature: 0.9 })
      const { mean } = await encoder.encode(images)
      const shape = [decoder.latentSize, decoder.image, encoder.latentSize, encoder.image]
      await Promise.all([decoder.release(), encoder.release()])
      const names = performance.getEntriesByType('resource').map(({ name }) => new URL(name))
      const from = names.map(({ pathname }) => pathname).filter((path) => path.includes('ort-'))
      const other = { provider: 'wasm', wasmPaths: '/elsewhere' } as const
      const refused = await failureOf(anyvae.loadVae('/models/mnist-conv', other))
      return { mean, pixels: images.data, shape, from, refused }
    })
    const expected = await everythingInNode('mnist-conv')
    expectClose('images', pixels, expected.sampled)
    expectClose('means', mean, expected.mean)
    const image = { channels: 1, height: 28, width: 28 }
    expect(shape).toEqual([20, image, 20, image])
    expect(new Set(from)).toEqual(
      new Set(['/there/ort-wasm-simd-threaded.mjs', '/there/ort-wasm-simd-threaded.wasm']),
    )
    expect(refused.isRuntimeError).toBe(true)
    expect(refused.message).toMatch(
      /^wasmPaths: settled by the first session, got ".+\/elsewhere\/", expected ".+\/there\/"$/,
    )
  })

  it.each(['float16', 'int8'] as const)(
    'decodes with %s weights as Node does',
    async (precision) => {
      const { page } = await browser.open((await startSite()).url)
      const { info, data } = await page.evaluate(async (precision) => {
        const options = { provider: 'wasm', precision } as const
        const vae = await anyvae.loadVae('/models/mnist-conv', options)
        const { data } = await vae.sample(5, { seed: 3 })
        await vae.release()
        return { info: vae.info, data }
      }, precision)
      expect(info).toMatchObject({ provider: 'wasm', precision })
      const vae = await loadVae(join(ROOT, 'models/mnist-conv'), { precision })
      expectClose('images', data, (await vae.sample(5, { seed: 3 })).data)
      await vae.release()
    },
  )
})
