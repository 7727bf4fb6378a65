// Wrong use in a page: each a RuntimeError that says what it is, and what works goes on working.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { startSite } from './site.js'

const RELEASED = 'session: already released, got a further use, expected none'

describe.runIf(HAS_BROWSER).each([
  { provider: 'wasm', calls: 2000 },
  // Software needs some 30 ms for each.
  { provider: 'webgpu', calls: 200 },
] as const)('a page: %o', ({ provider, calls }) => {
  const browser = useBrowser(provider)
  let page: Page

  beforeAll(async () => {
    page = (await browser.open((await startSite()).url)).page
    await page.evaluate(async (provider) => {
      globalThis.vae = await anyvae.loadVae('/models/mnist-mlp', { provider })
    }, provider)
  })

  it('refuses latents, images and options that it cannot use', async () => {
    const failures = await page.evaluate(() =>
      Promise.all(
        [
          vae.decode(new Float32Array(21)),
          vae.decode(new Float32Array(0)),
          vae.decode(new Float32Array(20).fill(NaN, 3)),
          vae.decode(new Float32Array(20).fill(Infinity)),
          vae.decode({ data: new Float32Array(20), shape: [2, 20] }),
          vae.encode(new Float32Array(784).fill(1.5)),
          vae.encode(new Uint8Array(783)),
          vae.sample(0),
          vae.sample(1, { seed: -1 }),
          vae.interpolate(new Float32Array(20), new Float32Array(20), { steps: 1 }),
        ].map(failureOf),
      ),
    )
    expect(failures.every(({ isRuntimeError }) => isRuntimeError)).toBe(true)
    expect(failures.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "latents: wrong length, got 21 values, expected a multiple of 20",
        "latents: wrong length, got 0 values, expected a multiple of 20",
        "latents: unusable value, got NaN at 3, expected finite values",
        "latents: unusable value, got Infinity at 0, expected finite values",
        "latents: wrong length for its shape, got 20 values, expected 40 by [2, 20]",
        "images: unusable value, got 1.5 at 0, expected float32 values from 0 to 1 (or a Uint8Array of 0 to 255)",
        "images: wrong length, got 783 values, expected a multiple of 784",
        "count: not usable, got 0, expected a whole number of at least 1",
        "seed: not usable, got -1, expected a whole number of at least 0",
        "steps: not usable, got 1, expected a whole number of at least 2",
      ]
    `)
  })

  it('refuses providers, precisions and threads that there are not', async () => {
    const failures = await page.evaluate(async () => {
      const url = '/models/mnist-conv'
      const unknown = JSON.parse('{ "provider": "cuda" }') as object
      return [
        await failureOf(anyvae.loadVae(url, unknown)),
        await failureOf(anyvae.loadVae('/models/mnist-mlp', { precision: 'int8' })),
        await failureOf(anyvae.loadVae(url, { provider: 'wasm', threads: 0 })),
        await failureOf(anyvae.loadVae('http://')),
        await failureOf(anyvae.loadDecoder('http://', { cache: true })),
        await failureOf(anyvae.loadDecoder(`${url}/encoder.onnx`, { provider: 'wasm' })),
        await failureOf(anyvae.loadEncoder(`${url}/anyvae.json`, { provider: 'wasm' })),
        await failureOf(
          anyvae.loadVae(url, { provider: 'wasm', session: { graphOptimizationLevel: 'banana' } }),
        ),
        await failureOf(anyvae.loadVae(url, { session: { executionProviders: ['wasm'] } })),
      ]
    })
    expect(failures.every(({ isRuntimeError }) => isRuntimeError)).toBe(true)
    expect(failures.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "provider: not one of onnxruntime-web, got 'cuda', expected auto, webgpu or wasm",
        "precision: not in this bundle, got int8, expected one of float32",
        "threads: not usable, got 0, expected a whole number of at least 1",
        "address: not usable, got 'http://', expected a URL",
        "address: not usable, got 'http://', expected a URL",
        "model: not of the expected kind, got [image], expected 'latent'",
        "model: not readable, got no field at byte 0, expected an ONNX model",
        "session: unusable options, got 'unsupported graph optimization level: banana', expected those that onnxruntime knows",
        "session.executionProviders: not for auto, got [wasm], expected none",
      ]
    `)
  })

  it('refuses what it cannot use before it downloads anything', async () => {
    const { failures, asked } = await page.evaluate(async () => {
      const url = '/models/none'
      const bad = (options: unknown) => failureOf(anyvae.loadVae(url, options as object))
      const none: unknown = undefined
      const bytes: unknown = new Uint8Array(1000)
      performance.clearResourceTimings()
      const failures = [
        await bad(null),
        await bad({ providers: 'wasm' }),
        await bad({ provider: 'cuda' }),
        await bad({ threads: 0 }),
        await bad({ session: { executionProviders: ['wasm'] } }),
        await failureOf(anyvae.loadVae(none as string)),
        await failureOf(anyvae.loadDecoder(bytes as string)),
        await failureOf(anyvae.loadVae('mailto:someone')),
        await failureOf(anyvae.loadVae('data:,')),
      ]
      return { failures, asked: performance.getEntriesByType('resource').map(({ name }) => name) }
    })
    expect(failures.every(({ isRuntimeError }) => isRuntimeError)).toBe(true)
    expect(asked.filter((name) => !name.endsWith('.js'))).toEqual([])
    expect(failures.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "load: unusable options, got null, expected an object of provider, exclusive, threads, graphOptimization, profile, carried, session, maxBatch, fetch, onProgress, signal, maxBytes, patience, precision, lazy, cache, wasmPaths",
        "load: unknown option, got 'providers', expected provider or exclusive or threads or graphOptimization or profile or carried or session or maxBatch or fetch or onProgress or signal or maxBytes or patience or precision or lazy or cache or wasmPaths",
        "provider: not one of onnxruntime-web, got 'cuda', expected auto, webgpu or wasm",
        "threads: not usable, got 0, expected a whole number of at least 1",
        "session.executionProviders: not for auto, got [wasm], expected none",
        "address: not usable, got undefined, expected a URL",
        "address: not usable, got Uint8Array, expected a URL",
        "address: not usable, got 'mailto:someone', expected a URL",
        "address: not usable, got 'data:,', expected a URL",
      ]
    `)
  })

  it('answers all calls made at once, of two models, and then releases both', async () => {
    const wrong = await page.evaluate(
      async ({ provider, calls: length }) => {
        const url = '/models/mnist-mlp/decoder.onnx'
        const decoder = await anyvae.loadDecoder(url, { provider })
        const calls = Array.from({ length }, (_, i) =>
          (i % 2 === 0 ? vae : decoder).sample(1 + (i % 3), { seed: i % 5 }),
        )
        const releasing = Promise.all([vae.release(), decoder.release()])
        const results = await Promise.all(calls)
        await releasing
        // The same seed and count must have given the same image, whichever model was asked.
        return results.filter(({ data }, i) => {
          const other = results[i % 30]?.data
          return (
            data.length !== (1 + (i % 3)) * 784 || data.some((pixel, j) => pixel !== other?.[j])
          )
        }).length
      },
      { provider, calls },
    )
    expect(wrong).toBe(0)
  })

  it('refuses every use after release, but for a further release', async () => {
    await page.evaluate(() => Promise.all([vae.release(), vae.release()]))
    const failures = await page.evaluate(() =>
      Promise.all(
        [
          vae.sample(1),
          vae.decode(new Float32Array(20)),
          vae.encode(new Float32Array(784)),
          vae.reconstruct(new Float32Array(784)),
          vae.interpolate(new Float32Array(20), new Float32Array(20), { steps: 2 }),
        ].map(failureOf),
      ),
    )
    expect(failures.every(({ isRuntimeError }) => isRuntimeError)).toBe(true)
    expect([...new Set(failures.map(({ message }) => message))]).toEqual([RELEASED])
  })
})
