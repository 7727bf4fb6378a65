// What servers send that do not mean well, and arrays that are not the page's alone.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { HAS_BROWSER, useBrowser } from './browser.js'
import type { Fault } from './faults.js'
import { startSite, type Site } from './site.js'

const LIMIT = 'expected at most 1048576 (see maxBytes)'
const BYTES = 186546

const faults: [string, Fault, string][] = [
  ['anyvae.json', 'endless', `URL/anyvae.json: too large, got more than 1048576 bytes, ${LIMIT}`],
  [
    'anyvae.json',
    'compressed',
    `URL/anyvae.json: too large, got more than 1048576 bytes, ${LIMIT}`,
  ],
  ['anyvae.json', 'announced', `URL/anyvae.json: too large, got 1099511627776 bytes, ${LIMIT}`],
  [
    'anyvae.json',
    'trickling',
    'URL/anyvae.json: stalled, got less than 16384 bytes in 1000 ms, expected more (see patience)',
  ],
  [
    'decoder.onnx',
    'endless',
    `URL/decoder.onnx: cannot be read, got more than ${BYTES} bytes, expected the file`,
  ],
  [
    'decoder.onnx',
    'compressed',
    `URL/decoder.onnx: cannot be read, got more than ${BYTES} bytes, expected the file`,
  ],
  [
    'decoder.onnx',
    'trickling',
    'URL/decoder.onnx: stalled, got less than 16384 bytes in 1000 ms, expected more (see patience)',
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

  const failure = async (load: 'loadVae' | 'loadVaeInWorker') => {
    const { isRuntimeError, message } = await page.evaluate(
      ([load, url]) => {
        const options = { provider: 'wasm', patience: 1000 } as const
        return failureOf(anyvae[load](url, options))
      },
      [load, url] as const,
    )
    expect(isRuntimeError).toBe(true)
    return message.replaceAll(url, 'URL')
  }

  it.each(faults)('ends the download of %s where it is %s', async (file, fault, message) => {
    site.faults.set(file, fault)
    expect(await failure('loadVae')).toBe(message)
    site.faults.clear()
  })

  it('ends it in a worker too', async () => {
    site.faults.set('anyvae.json', 'endless')
    expect(await failure('loadVaeInWorker')).toBe(faults[0]?.[2])
    site.faults.clear()
  })

  it('refuses a model whose values lie in another file', async () => {
    site.faults.set('decoder.onnx', 'external')
    const message = await page.evaluate(
      (url) => failureOf(anyvae.loadDecoder(`${url}/decoder.onnx`, { provider: 'wasm' })),
      url,
    )
    site.faults.clear()
    expect(message.message).toMatch(/^model: values in another file, got "w" in ".env", expected /)
  })

  it('follows a redirect by itself, and none where a fetch of its own may add credentials', async () => {
    site.faults.set('encoder.onnx', 'moved')
    const [shape, refused, followed] = await page.evaluate(async (site) => {
      const url = `${site}/models/mnist-conv/encoder.onnx`
      const shapeWith = async (options: Parameters<typeof anyvae.loadDecoder>[1]) => {
        const decoder = await anyvae.loadDecoder(url, { provider: 'wasm', ...options })
        const { shape } = await decoder.sample(1)
        await decoder.release()
        return shape
      }
      const headers = { 'private-token': 'secret' }
      return [
        await shapeWith({}),
        await failureOf(shapeWith({ fetch: (url, init) => fetch(url, { ...init, headers }) })),
        await shapeWith({ fetch: (url, init) => fetch(url, { ...init, redirect: 'follow' }) }),
      ] as const
    }, site.url)
    site.faults.clear()
    expect(shape).toEqual([1, 1, 28, 28])
    expect(followed).toEqual(shape)
    expect(refused).toEqual({
      isRuntimeError: true,
      message: `${url}/encoder.onnx: cannot be followed, got a redirect, expected a fetch with redirect: 'follow'`,
    })
  })

  it('refuses what is no signal, before it asks for anything', async () => {
    site.asked.length = 0
    const messages = await page.evaluate(async (url) => {
      const none = { signal: new AbortController() } as object
      return [
        (await failureOf(anyvae.loadVae(url, none))).message,
        (await failureOf(anyvae.loadVaeInWorker(url, none))).message,
      ]
    }, url)
    const message = 'signal: not usable, got AbortController, expected an AbortSignal'
    expect(messages).toEqual([message, message])
    expect(site.asked.filter((name) => name === 'anyvae.json')).toEqual([])
  })
})

describe.runIf(HAS_BROWSER).each(['loadVae', 'loadVaeInWorker'] as const)('%s', (load) => {
  const browser = useBrowser('wasm')

  it('computes from arrays as they were at the call, shared ones too', async () => {
    const { page } = await browser.open((await startSite({ isolated: true })).url)
    const wrong = await page.evaluate(async (load) => {
      const vae = await anyvae[load]('/models/mnist-mlp', { provider: 'wasm' })
      const values = (count: number) => Float32Array.from({ length: count }, (_, i) => (i % 7) / 7)
      const shared = (count: number) => {
        const array = new Float32Array(new SharedArrayBuffer(4 * count))
        array.set(values(count))
        return array
      }
      const overwritten = <T>(array: Float32Array, call: (array: Float32Array) => T) => {
        const result = call(array)
        array.fill(0)
        return result
      }
      const [image, latent] = [values(784), values(20)]
      const expected = {
        encode: (await vae.encode(image)).mean,
        decode: (await vae.decode(latent)).data,
        interpolate: (await vae.interpolate(latent, latent, { steps: 2 })).data,
      }
      const wrong: string[] = []
      const compare = (what: keyof typeof expected, got: Float32Array) => {
        if (got.some((value, i) => value !== expected[what][i])) wrong.push(what)
      }
      for (const make of [values, shared]) {
        compare('encode', (await overwritten(make(784), (array) => vae.encode(array))).mean)
        compare('decode', (await overwritten(make(20), (array) => vae.decode(array))).data)
        const way = (array: Float32Array) => vae.interpolate(array, latent, { steps: 2 })
        compare('interpolate', (await overwritten(make(20), way)).data)
      }
      await Promise.all([vae.release(), vae.release()])
      return wrong
    }, load)
    expect(wrong).toEqual([])
  })
})
