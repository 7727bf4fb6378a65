// What goes wrong on the way to a page: each a RuntimeError that says what it is, and no hang.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { HAS_BROWSER, useBrowser } from './browser.js'
import type { Fault } from './faults.js'
import { startSite, type Site } from './site.js'

const BYTES = 186546

const manifest: [Fault, string][] = [
  ['missing', 'URL/anyvae.json: cannot be read, got HTTP status 404 Not Found, expected the file'],
  [
    'broken',
    'URL/anyvae.json: cannot be read, got HTTP status 500 Internal Server Error, expected the file',
  ],
  ['page', 'URL/anyvae.json: cannot be read, got an HTML page, expected the file'],
  ['mislabelled', 'URL/anyvae.json: cannot be read, got an HTML page, expected the file'],
  ['cut', "URL/anyvae.json: cannot be read, got 'network error', expected the file"],
]

const decoder: [Fault, string][] = [
  ['missing', 'URL/decoder.onnx: cannot be read, got HTTP status 404 Not Found, expected the file'],
  ['page', 'URL/decoder.onnx: cannot be read, got an HTML page, expected the file'],
  ['cut', "URL/decoder.onnx: cannot be read, got 'network error', expected the file"],
  [
    'truncated',
    `URL/decoder.onnx: cannot be read, got only ${BYTES / 2} of ${BYTES} bytes, expected the file`,
  ],
]

describe.runIf(HAS_BROWSER)('a page', () => {
  const browser = useBrowser('wasm')
  let site: Site
  let page: Page
  let url: string

  beforeAll(async () => {
    site = await startSite()
    page = (await browser.open(site.url)).page
    url = `${site.url}/models/mnist-conv`
  })

  const failure = async (from = url) => {
    const options = { provider: 'wasm' } as const
    const how = await page.evaluate(([from, options]) => failureOf(anyvae.loadVae(from, options)), [
      from,
      options,
    ] as const)
    expect(how.isRuntimeError).toBe(true)
    return how.message
  }

  const failureWith = async (file: string, fault: Fault) => {
    site.faults.set(file, fault)
    const message = await failure()
    site.faults.clear()
    return message.replaceAll(url, 'URL')
  }

  it.each(manifest)('says that the manifest is %s', async (fault, message) => {
    expect(await failureWith('anyvae.json', fault)).toBe(message)
  })

  it.each(decoder)('says that the decoder is %s', async (fault, message) => {
    expect(await failureWith('decoder.onnx', fault)).toBe(message)
  })

  it('says that the manifest is half of one', async () => {
    expect(await failureWith('anyvae.json', 'truncated')).toMatch(
      /^bundle 'URL': anyvae.json: not readable, got '.+', expected JSON$/,
    )
  })

  it('says that the decoder was altered', async () => {
    expect(await failureWith('decoder.onnx', 'altered')).toMatch(
      /^bundle 'URL': 'decoder.onnx' was altered, got SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}$/,
    )
  })

  it('says so too where the encoder fails later, and tries again', async () => {
    const how = await page.evaluate(async (url) => {
      globalThis.vae = await anyvae.loadVae(url, { provider: 'wasm' })
      return url
    }, url)
    expect(how).toBe(url)
    site.faults.set('encoder.onnx', 'cut')
    const encoding = () => page.evaluate(() => failureOf(vae.encode(new Float32Array(784))))
    expect(await encoding()).toEqual({
      isRuntimeError: true,
      message: `${url}/encoder.onnx: cannot be read, got 'network error', expected the file`,
    })
    site.faults.clear()
    const shape = await page.evaluate(async () => {
      const { shape } = await vae.encode(new Float32Array(784))
      await vae.release()
      return shape
    })
    expect(shape).toEqual([1, 20])
  })

  it('says that another origin forbids reading', async () => {
    const closed = `${(await startSite()).url}/models/mnist-conv`
    expect(await failure(closed)).toBe(
      `${closed}/anyvae.json: cannot be read, got 'Failed to fetch', expected the file`,
    )
  })

  it('reads from another origin that allows it', async () => {
    const open = await startSite({ cors: true })
    const shape = await page.evaluate(async (url) => {
      const vae = await anyvae.loadVae(url, { provider: 'wasm' })
      const { shape } = await vae.sample(2)
      await vae.release()
      return shape
    }, `${open.url}/models/mnist-conv`)
    expect(shape).toEqual([2, 1, 28, 28])
  })

  it('says that a server cannot be reached', async () => {
    const gone = await startSite({ cors: true })
    await gone.stop()
    expect(await failure(gone.url)).toBe(
      `${gone.url}/anyvae.json: cannot be read, got 'Failed to fetch', expected the file`,
    )
  })

  it('waits for a slow server, reports progress, and stops when told to', async () => {
    site.faults.set('decoder.onnx', 'slow')
    const { last, stopped } = await page.evaluate(async (url) => {
      const seen: string[] = []
      const options = { provider: 'wasm' } as const
      const vae = await anyvae.loadVae(url, {
        ...options,
        onProgress: ({ file, loaded, total }) => seen.push(`${file} ${loaded} ${String(total)}`),
      })
      await vae.release()
      const controller = new AbortController()
      const loading = anyvae.loadVae(url, {
        ...options,
        signal: controller.signal,
        fetch: (file, init) => {
          const answer = fetch(file, init)
          if (file instanceof URL && file.pathname.endsWith('decoder.onnx')) controller.abort()
          return answer
        },
      })
      return { last: seen.at(-1), stopped: await failureOf(loading) }
    }, url)
    site.faults.clear()
    expect(last).toBe(`decoder.onnx ${BYTES} ${BYTES}`)
    expect(stopped).toEqual({
      isRuntimeError: true,
      message:
        "load: aborted, got 'AbortError: signal is aborted without reason', expected no abort",
    })
  })
})

describe.runIf(HAS_BROWSER)('a page that ends a load', () => {
  const browser = useBrowser('wasm')
  let page: Page

  beforeAll(async () => {
    page = (await browser.open((await startSite()).url)).page
  })

  it.each(['loadVae', 'loadVaeInWorker'] as const)('%s passes on why', async (load) => {
    const cause = await page.evaluate(async (load) => {
      const signal = AbortSignal.abort()
      const url = '/models/mnist-conv'
      const error: unknown = await anyvae[load](url, { signal }).catch((error: unknown) => error)
      return error instanceof anyvae.RuntimeError && error.cause === signal.reason
    }, load)
    expect(cause).toBe(true)
  })

  it.each(['loadVae', 'loadVaeInWorker'] as const)(
    '%s leaves the encoder alone once it is done',
    async (load) => {
      const shape = await page.evaluate(async (load) => {
        const controller = new AbortController()
        const { signal } = controller
        const vae = await anyvae[load]('/models/mnist-conv', { provider: 'wasm', signal })
        controller.abort()
        const { shape } = await vae.encode(new Float32Array(784))
        await vae.release()
        return shape
      }, load)
      expect(shape).toEqual([1, 20])
    },
  )

  it.each(['loadVae', 'loadVaeInWorker'] as const)(
    '%s ends it where its own onProgress fails',
    async (load) => {
      const failure = await page.evaluate((load) => {
        const onProgress = (): never => {
          throw new Error('mine')
        }
        return failureOf(anyvae[load]('/models/mnist-conv', { provider: 'wasm', onProgress }))
      }, load)
      const message = "onProgress: failed, got 'mine', expected no error"
      expect(failure).toEqual({ isRuntimeError: true, message })
    },
  )
})

describe.runIf(HAS_BROWSER)('a page without the files of onnxruntime', () => {
  const browser = useBrowser('wasm')

  it.each(['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'])(
    'says so where %s fails',
    async (file) => {
      const site = await startSite()
      const { page } = await browser.open(site.url)
      for (const fault of ['missing', 'page', 'cut'] as const) {
        site.faults.set(file, fault)
        await page.reload()
        await page.waitForFunction(() => 'anyvae' in globalThis)
        const { isRuntimeError, message } = await page.evaluate(() =>
          failureOf(anyvae.loadVae('/models/mnist-conv', { provider: 'wasm' })),
        )
        expect(isRuntimeError).toBe(true)
        expect(message).toMatch(
          /^onnxruntime: cannot start, got '.+', expected its files \(see wasmPaths\), and then .+ or a worker$/s,
        )
      }
    },
  )
})
