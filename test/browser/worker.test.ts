// A Vae that computes in a worker: what it computes, how it fails, and that the page stays awake.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { everythingInNode, expectAlike } from './compare.js'
import { startSite, type Site } from './site.js'

const MODEL = '/models/mnist-mlp'

describe.runIf(HAS_BROWSER).each([
  { kind: 'wasm', isolated: false, threads: 1 },
  { kind: 'wasm', isolated: true, threads: 2 },
  { kind: 'webgpu', isolated: false, threads: 1 },
] as const)('in a worker: %o', ({ kind, isolated, threads }) => {
  const browser = useBrowser(kind)

  it('computes what Node does', async () => {
    const { page, errors } = await browser.open((await startSite({ isolated })).url)
    const { info, everything } = await page.evaluate(
      async ([url, provider]) => {
        globalThis.vae = await anyvae.loadVaeInWorker(url, { provider, threads: 2 })
        return { info: vae.info, everything: await everythingOf(vae) }
      },
      [MODEL, kind] as const,
    )
    expect(info).toMatchObject({ provider: kind, threads })
    expectAlike(everything, await everythingInNode('mnist-mlp'))
    expect(page.workers().length).toBeGreaterThan(0)
    await page.evaluate(() => vae.release())
    await expect.poll(() => page.workers().length, { timeout: 30_000 }).toBe(0)
    expect(errors).toEqual([])
  })
})

describe.runIf(HAS_BROWSER)('a page with a worker', () => {
  const browser = useBrowser('wasm')
  let site: Site
  let page: Page

  beforeAll(async () => {
    site = await startSite()
    page = (await browser.open(site.url)).page
  })

  it('stays awake through a long run, as it does not without', async () => {
    const ticks = await page.evaluate(async (url) => {
      const options = { provider: 'wasm', maxBatch: 20_000 } as const
      const during = async (other: typeof vae): Promise<number> => {
        await other.sample(1)
        const latents = new Float32Array(20_000 * 20)
        let ticks = 0
        const ticking = setInterval(() => ticks++, 5)
        await other.decode(latents)
        clearInterval(ticking)
        await other.release()
        return ticks
      }
      return {
        beside: await during(await anyvae.loadVaeInWorker(url, options)),
        within: await during(await anyvae.loadVae(url, options)),
      }
    }, MODEL)
    expect(ticks.beside).toBeGreaterThan(3 * (1 + ticks.within))
  })

  it('hears of failures in the words of loadVae', async () => {
    const url = `${site.url}/models/none`
    const { missing, same, bad } = await page.evaluate(
      async ([url, model]) => {
        globalThis.vae = await anyvae.loadVaeInWorker(model, { provider: 'wasm' })
        return {
          missing: await failureOf(anyvae.loadVaeInWorker(url)),
          same: await failureOf(anyvae.loadVae(url)),
          bad: await Promise.all(
            [
              vae.decode(new Float32Array(21)),
              vae.decode(new Float32Array(20).fill(NaN)),
              vae.encode(new Float32Array(784).fill(2)),
            ].map(failureOf),
          ),
        }
      },
      [url, MODEL] as const,
    )
    expect(missing).toEqual(same)
    expect(missing).toEqual({
      isRuntimeError: true,
      message: `${url}/anyvae.json: cannot be read, got HTTP status 404 Not Found, expected the file`,
    })
    expect(bad.every(({ isRuntimeError }) => isRuntimeError)).toBe(true)
    expect(bad.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "latents: wrong length, got 21 values, expected a multiple of 20",
        "latents: unusable value, got NaN at 0, expected finite values",
        "images: unusable value, got 2 at 0, expected float32 values from 0 to 1 (or a Uint8Array of 0 to 255)",
      ]
    `)
  })

  it('answers two thousand calls at once and then releases, however often it is asked to', async () => {
    const { wrong, failures } = await page.evaluate(async () => {
      const calls = Array.from({ length: 2000 }, (_, i) => vae.sample(1 + (i % 3), { seed: i % 5 }))
      const releasing = vae.release()
      const results = await Promise.all(calls)
      await Promise.all([releasing, vae.release()])
      await vae.release()
      const uses = [vae.sample(1), vae.encode(new Float32Array(784))]
      return {
        wrong: results.filter(({ data }, i) => data.length !== (1 + (i % 3)) * 784).length,
        failures: await Promise.all(uses.map(failureOf)),
      }
    })
    expect(wrong).toBe(0)
    expect(failures).toEqual(
      failures.map(() => ({
        isRuntimeError: true,
        message: 'vae: already released, got a further use, expected none',
      })),
    )
  })

  it('says so where the worker cannot start', async () => {
    site.faults.set('worker.js', 'missing')
    const starting = await page.evaluate((url) => failureOf(anyvae.loadVaeInWorker(url)), MODEL)
    site.faults.clear()
    expect(starting).toEqual({
      isRuntimeError: true,
      message: "worker: failed, got 'error', expected a worker that runs (see the option 'worker')",
    })
  })

  it('says so where the worker fails later, and ends it on release', async () => {
    const failures = await page.evaluate(async (url) => {
      const worker = new Worker('/worker.js', { type: 'module' })
      const vae = await anyvae.loadVaeInWorker(url, { provider: 'wasm', worker: () => worker })
      const running = failureOf(vae.sample(1))
      worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }))
      return [await running, await failureOf(vae.sample(1)), await failureOf(vae.release())]
    }, MODEL)
    const message =
      "worker: failed, got 'out of memory', expected a worker that runs (see the option 'worker')"
    expect(failures).toEqual(failures.map(() => ({ isRuntimeError: true, message })))
    await expect.poll(() => page.workers().length, { timeout: 30_000 }).toBe(0)
  })

  it('refuses addresses that are none, and starts no worker for them', async () => {
    const failures = await page.evaluate(
      async (url) => [
        await failureOf(anyvae.loadVaeInWorker('http://')),
        await failureOf(anyvae.loadVaeInWorker(url, { wasmPaths: 'http://' })),
      ],
      MODEL,
    )
    const message = "address: not usable, got 'http://', expected a URL"
    expect(failures).toEqual(failures.map(() => ({ isRuntimeError: true, message })))
    expect(page.workers()).toHaveLength(0)
  })

  it('computes for two models in a worker of the caller, and leaves it running', async () => {
    const { alike, seen } = await page.evaluate(async (url) => {
      const worker = new Worker('/worker.js', { type: 'module' })
      const seen: string[] = []
      const options = { provider: 'wasm', worker } as const
      const [a, b] = await Promise.all([
        anyvae.loadVaeInWorker(url, { ...options, onProgress: ({ file }) => seen.push(file) }),
        anyvae.loadVaeInWorker(url, options),
      ])
      const first = await a.sample(2, { seed: 1 })
      await a.release()
      const second = await b.sample(2, { seed: 1 })
      await b.release()
      const c = await anyvae.loadVaeInWorker(url, options)
      await c.release()
      worker.terminate()
      return { alike: first.data.join() === second.data.join(), seen: [...new Set(seen)] }
    }, MODEL)
    expect(alike).toBe(true)
    expect(seen).toEqual(['anyvae.json', 'decoder.onnx'])
  })

  it('refuses workers that are none', async () => {
    const failures = await page.evaluate(async (url) => {
      const load = (worker: unknown) =>
        failureOf(anyvae.loadVaeInWorker(url, { worker: worker as Worker }))
      const none: unknown = null
      return [
        await load('/worker.js'),
        await load(() => undefined),
        await failureOf(anyvae.loadVaeInWorker(url, none as object)),
      ]
    }, MODEL)
    expect(failures).toEqual([
      { isRuntimeError: true, message: 'worker: not usable, got /worker.js, expected a Worker' },
      { isRuntimeError: true, message: 'worker: not usable, got undefined, expected a Worker' },
      {
        isRuntimeError: true,
        message: 'load: unusable options, got null, expected an object',
      },
    ])
  })

  it('waits no longer than it is told to for a worker that is deaf, and no longer than a minute', async () => {
    const { page } = await browser.open(site.url)
    await page.clock.install()
    const load = (signal: boolean) =>
      page.evaluate(
        ([url, signal]) => {
          const worker = new Worker(URL.createObjectURL(new Blob(['addEventListener'])))
          const controller = new AbortController()
          const options = { worker, ...(signal && { signal: controller.signal }) }
          const loading = failureOf(anyvae.loadVaeInWorker(url, options))
          controller.abort()
          return loading.finally(() => worker.terminate())
        },
        [MODEL, signal] as const,
      )
    expect(await load(true)).toEqual({
      isRuntimeError: true,
      message:
        "load: aborted, got 'AbortError: signal is aborted without reason', expected no abort",
    })
    const waiting = load(false)
    await page.clock.fastForward(59_000)
    const early = await Promise.race([waiting, page.evaluate(() => 'waiting')])
    expect(early).toBe('waiting')
    await page.clock.fastForward(2000)
    expect(await waiting).toEqual({
      isRuntimeError: true,
      message:
        "worker: no answer, got nothing for a minute, expected one that imports '@anyvae/runtime-web/worker' and runs",
    })
  })

  it('frees what a worker of the caller has loaded for a page that gave it up', async () => {
    const freed = await page.evaluate(async (url) => {
      const worker = new Worker('/worker.js', { type: 'module' })
      const controller = new AbortController()
      const { signal } = controller
      const options = { provider: 'wasm', worker, signal } as const
      const replies: { result?: unknown }[] = []
      worker.addEventListener('message', ({ data }: MessageEvent<{ result?: unknown }>) => {
        if ('result' in data) replies.push(data)
        // Loaded in the worker; the page is yet to hear of it.
        if (replies.length === 1) controller.abort()
      })
      const failure = await failureOf(anyvae.loadVaeInWorker(url, options))
      while (replies.length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
      worker.terminate()
      return { failure, replies: replies.map(({ result }) => typeof result) }
    }, MODEL)
    expect(freed.failure.message).toMatch(/^load: aborted/)
    // What it loaded, and that it is released.
    expect(freed.replies).toEqual(['object', 'undefined'])
  })

  it('stops loading when told to', async () => {
    site.faults.set('decoder.onnx', 'slow')
    const stopped = await page.evaluate((url) => {
      const controller = new AbortController()
      const loading = anyvae.loadVaeInWorker(url, { signal: controller.signal })
      setTimeout(() => controller.abort(), 100)
      return failureOf(loading)
    }, MODEL)
    site.faults.clear()
    expect(stopped.isRuntimeError).toBe(true)
    expect(stopped.message).toMatch(/abort/)
    await expect.poll(() => page.workers().length, { timeout: 30_000 }).toBe(0)
  })
})
