// The playground as a visitor uses it: trains in a page, and what it downloads is the command line's.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { encodeNpy, glyphs } from '@anyvae/images'
import { unzipSync } from 'fflate'
import type { Page } from 'playwright-core'
import { build, preview, type PreviewServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT, succeed, temporaryFolder } from '../command.js'
import { HAS_BROWSER, useBrowser } from './browser.js'

const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:"
const root = join(ROOT, 'packages', 'playground')
const folder = await temporaryFolder()
const browser = useBrowser('wasm')
const gpu = useBrowser('webgpu')
let url = ''

let server: PreviewServer | undefined

afterAll(() => server?.close())

beforeAll(async () => {
  if (!HAS_BROWSER) return
  const outDir = join(folder, 'site')
  const settings = { root, logLevel: 'error', build: { outDir, emptyOutDir: true } } as const
  await build({ ...settings, build: { ...settings.build, minify: false } })
  const headers = {
    'content-security-policy': POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  }
  server = await preview({ ...settings, preview: { port: 0, host: '127.0.0.1', headers } })
  url = server.resolvedUrls?.local[0] ?? ''
})

/** A fresh page of the playground, and what it complains of. */
async function opened(from = browser): Promise<{ page: Page; errors: readonly string[] }> {
  const context = await from.context()
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(url)
  await page.getByText('images to train on').waitFor()
  return { page, errors }
}

async function chooseGlyphs(page: Page, count: number): Promise<void> {
  await page.getByLabel('How many').fill(String(count))
  await page.getByLabel('How many').blur()
  await page.getByText(`${count.toLocaleString('en')} images to train on`).waitFor()
}

async function startTraining(page: Page, epochs: number, provider = 'WASM'): Promise<void> {
  await page.getByLabel('Epochs', { exact: true }).fill(String(epochs))
  await page.getByLabel(provider, { exact: true }).check({ force: true })
  await page.getByRole('button', { name: 'Train' }).click()
}

const ended = (page: Page) =>
  page.getByRole('status').getByText(/^Done/).waitFor({ timeout: 100_000 })

async function figure(page: Page, id: string): Promise<number> {
  return Number((await page.locator(`#${id}`).textContent())?.replace(',', ''))
}

/** The files of a downloaded archive by their paths, or of a single file. */
async function download(page: Page, button: string): Promise<Map<string, Buffer>> {
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: button }).click()
  const found = await downloading
  const bytes = await readFile(await found.path())
  const name = found.suggestedFilename()
  if (!name.endsWith('.zip')) return new Map([[name, bytes]])
  return new Map(Object.entries(unzipSync(bytes)).map(([path, file]) => [path, Buffer.from(file)]))
}

/** How many different pixels a canvas has. */
function colours(page: Page, id: string): Promise<number> {
  return page.locator(`#${id}`).evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement
    const context = (canvas as HTMLCanvasElement).getContext('2d')
    const { data } = context?.getImageData(0, 0, width, height) ?? { data: [] }
    return new Set(data).size
  })
}

describe.skipIf(!HAS_BROWSER)('the playground', { timeout: 300_000 }, () => {
  it('suits epochs and batches to the images, and says where a training is too short', async () => {
    const { page, errors } = await opened()
    const field = (name: string) => page.locator(`input[name="${name}"]`).inputValue()
    await chooseGlyphs(page, 300)
    expect([await field('epochs'), await field('batchSize')]).toEqual(['223', '16'])
    await page.getByText('4,014 steps, 18 an epoch.').waitFor()
    await startTraining(page, 1)
    await page.locator('#plan.short').waitFor()
    await ended(page)
    const status = await page.locator('#status').textContent()
    expect(status).toBe('Done: 1 epoch. 18 steps are too few to learn from: take 223 epochs.')
    expect(await figure(page, 'loss-bits')).toBeCloseTo(
      (await figure(page, 'loss-test')) / (Math.LN2 * 784),
      2,
    )
    await page.getByRole('button', { name: 'Take 223 epochs' }).click()
    expect(await field('epochs')).toBe('223')
    expect(errors).toEqual([])
  })

  it('trains glyphs, and gives the files that the command line exports, byte for byte', async () => {
    const { page, errors } = await opened()
    await chooseGlyphs(page, 1000)
    await startTraining(page, 3)
    await page.locator('#pace').getByText(/\d/).waitFor()
    const before = await figure(page, 'loss-total')
    await ended(page)
    expect(await figure(page, 'loss-total')).toBeLessThan(before)
    const test = await figure(page, 'loss-test')
    expect(test).toBeGreaterThan(50)
    expect(test).toBeLessThan(300)
    expect(await page.locator('#computed').textContent()).toMatch(/^WASM, \d threads?$/)
    for (const id of ['samples', 'pairs']) expect(await colours(page, id)).toBeGreaterThan(50)
    expect(await page.locator('#chart .dot').count()).toBe(3)

    await page.getByLabel('Licence').fill('MIT')
    const bundle = await download(page, 'Whole bundle')
    const [encoder, decoder] = [
      await download(page, 'encoder.onnx'),
      await download(page, 'decoder.onnx'),
    ]
    for (const [path, bytes] of await download(page, 'Run folder')) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), bytes)
    }
    await succeed(folder, 'export my-vae-run --out my-vae --license MIT')
    expect([...bundle.keys()]).toHaveLength(11)
    for (const [path, bytes] of bundle) {
      expect(bytes.equals(await readFile(join(folder, path))), path).toBe(true)
    }
    expect(encoder.get('encoder.onnx')).toEqual(bundle.get('my-vae/encoder.onnx'))
    expect(decoder.get('decoder.onnx')).toEqual(bundle.get('my-vae/decoder.onnx'))
    const verified = JSON.parse(await succeed(folder, 'verify my-vae --json')) as { ok: boolean }
    expect(verified).toMatchObject({ ok: true })
    expect(errors).toEqual([])
  })

  it('trains on WebGPU, and says of each provider how it did', async () => {
    const { page, errors } = await opened(gpu)
    await chooseGlyphs(page, 300)
    await page.getByText('More settings').click()
    await page.getByLabel('Hidden units').fill('16')
    await page.getByLabel('Batch size').fill('50')
    await startTraining(page, 4, 'WebGPU')
    await page.locator('#pace').getByText(/\d/).waitFor({ timeout: 100_000 })
    const before = await figure(page, 'loss-total')
    await ended(page)
    expect(await figure(page, 'loss-total')).toBeLessThan(before)
    expect(await page.locator('#computed').textContent()).toBe('WebGPU')
    expect((await download(page, 'decoder.onnx')).get('decoder.onnx')?.length).toBeGreaterThan(1000)
    await page.getByRole('button', { name: 'Start over' }).click()
    await startTraining(page, 1, 'Auto')
    await ended(page)
    const tried = /^Tried: WebGPU took .* steps a second; WASM took .* steps a second\.$/
    expect(await page.locator('#trials').textContent()).toMatch(tried)
    expect(errors).toEqual([])
  })

  it('stops, goes on, and starts over', async () => {
    const { page, errors } = await opened()
    await chooseGlyphs(page, 500)
    await startTraining(page, 200)
    await page.locator('#pace').getByText(/\d/).waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('status').getByText('Stopped').waitFor()
    const progress = () =>
      page.locator('#progress').evaluate((bar) => (bar as HTMLProgressElement).value)
    let held = await progress()
    // The steps that are under way end; then, for longer than any steps take, none do.
    const isHeld = async () => {
      const before = held
      await page.waitForTimeout(1000)
      held = await progress()
      return held === before
    }
    await expect.poll(isHeld, { timeout: 60_000 }).toBe(true)
    expect(held).toBeLessThan(1)
    const drawn = await page.locator('#samples').screenshot()
    await page.getByRole('button', { name: 'Other latents' }).click()
    await expect
      .poll(async () => drawn.equals(await page.locator('#samples').screenshot()))
      .toBe(false)
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect.poll(progress).toBeGreaterThan(held)
    await page.getByRole('button', { name: 'Start over' }).click()
    await page.getByRole('button', { name: 'Train' }).waitFor()
    await startTraining(page, 1)
    await ended(page)
    expect(errors).toEqual([])
  })

  it('takes drawings and files, and says in one line what is wrong with them', async () => {
    const { page, errors } = await opened()
    await page.getByLabel('Draw', { exact: true }).check({ force: true })
    await page.getByRole('button', { name: 'Train' }).click()
    await page.getByRole('alert').getByText('expected a drawing at least').waitFor()
    await page.locator('#pad').scrollIntoViewIfNeeded()
    const box = await page.locator('#pad').boundingBox()
    const { x = 0, y = 0, width = 0 } = box ?? {}
    await page.mouse.move(x + width / 3, y + width / 3)
    await page.mouse.down()
    await page.mouse.move(x + width / 2, y + width / 1.5, { steps: 5 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('1 drawn, varied to 1,800 images to train on').waitFor()
    await startTraining(page, 1)
    await ended(page)
    await page.getByRole('button', { name: 'Start over' }).click()

    await page.getByLabel('Files', { exact: true }).check({ force: true })
    const { data } = glyphs({ count: 200, height: 8, width: 8 })
    const npy = Buffer.from(encodeNpy({ dtype: 'u1', shape: [200, 8, 8], data }))
    const file = (name: string, buffer: Buffer) => ({ name, mimeType: '', buffer })
    const give = (...files: ReturnType<typeof file>[]) =>
      page.locator('#files').setInputFiles(files)
    await give(file('cut.npy', npy.subarray(0, 1000)))
    await page.getByRole('alert').getByText('cut.npy: truncated').waitFor()
    await give(file('notes.txt', Buffer.from('not an image')))
    await page.getByRole('alert').getByText('notes.txt: no readable image').waitFor()
    await give(file('small.npy', npy))
    await page.getByText('180 images to train on, 20 held out; 8x8 grey').waitFor()
    await expect.poll(() => page.getByRole('alert').isVisible()).toBe(false)
    const picture = await page.locator('#preview').screenshot()
    await startTraining(page, 1)
    await ended(page)
    await page.getByRole('button', { name: 'Start over' }).click()
    await give(file('a.png', picture), file('b.png', picture))
    await page.getByText('1 images to train on, 1 held out; 28x28 grey').waitFor()
    expect(errors).toEqual([])
  })
})
