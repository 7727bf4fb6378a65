// The page of every start, and what it shows in a real Chromium.
import { loadVae } from '@anyvae/runtime-node'
import { join } from 'node:path'
import { ROOT } from '../command.js'
import type { Browsing } from '../browser/browser.js'
import { MODEL } from './project.js'
import { block } from './readme.js'

const CALL = `loadVae('${MODEL}')`

/** Tells the test that the picture is there, and how it was computed. */
const DONE = '\ncanvas.title = JSON.stringify(vae.info)\n'

/**
 * What a newcomer writes, from the README, and then the same in a worker. `extension` is that of the
 * modules, `options` is what the page passes besides.
 */
export function pages(extension: 'js' | 'ts', options = ''): Readonly<Record<string, string>> {
  const page = block('Start', 'ts')
  if (!page.includes(CALL)) throw new Error(`README: no call, expected ${CALL}`)
  const main = options === '' ? page : page.replace(CALL, `loadVae('${MODEL}', { ${options} })`)
  const inWorker = page
    .replace(CALL, `loadVae('${MODEL}', { threads: 2, ${options} })`)
    .replaceAll('loadVae', 'loadVaeInWorker')
  return {
    [`main.${extension}`]: `${main}${DONE}await import('./in-worker.${extension}')\n`,
    [`in-worker.${extension}`]: `${inWorker}${DONE}`,
  }
}

/** One drawn canvas. */
export interface Drawn {
  readonly width: number
  /** The red of each pixel, row by row. */
  readonly red: readonly number[]
  readonly info: unknown
}

/** What a page came to. */
export interface Seen {
  readonly drawn: readonly Drawn[]
  readonly errors: readonly string[]
  /** The paths of all that was asked for, by page and workers. */
  readonly asked: readonly string[]
}

/** How long a page may take: longer than any needs on a busy machine. */
const LIMIT = 100_000

/** Opens a page and waits until it has drawn so many canvases. Throws what the page has thrown. */
export async function see(browser: Browsing, url: string, canvases: number): Promise<Seen> {
  const context = await browser.context()
  const page = await context.newPage()
  const [errors, asked]: [string[], string[]] = [[], []]
  context.on('request', (request) => asked.push(new URL(request.url()).pathname))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  const thrown = new Promise<never>((_, reject) => page.on('pageerror', reject))
  thrown.catch(() => undefined)
  await page.goto(url)
  const all = page.waitForFunction(
    (count) => document.querySelectorAll('canvas[title]').length === count,
    canvases,
    { timeout: LIMIT },
  )
  await Promise.race([all, thrown])
  const drawn = await page.evaluate(() =>
    [...document.querySelectorAll('canvas')].map((canvas) => {
      const { width, height, title } = canvas
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? []
      const red = [...pixels].filter((_, i) => i % 4 === 0)
      return { width, red, info: JSON.parse(title) as unknown }
    }),
  )
  await context.close()
  return { drawn, errors, asked }
}

/** How many times larger the README's page draws a pixel, and how many digits stand in a row. */
const [SCALE, COLUMNS] = [3, 4]

/** The README's picture as runtime-node computes it: the red of each pixel, row by row. */
export async function picture(): Promise<Pick<Drawn, 'width' | 'red'>> {
  const vae = await loadVae(join(ROOT, 'models', MODEL))
  const { data, shape } = await vae.sample(COLUMNS ** 2, { seed: 1 })
  await vae.release()
  const side = shape[2]
  const width = COLUMNS * side * SCALE
  const red = Array.from({ length: width * width }, (_, at) => {
    const [x, y] = [Math.floor((at % width) / SCALE), Math.floor(at / width / SCALE)]
    const image = Math.floor(y / side) * COLUMNS + Math.floor(x / side)
    return Math.round(255 * (data[image * side * side + (y % side) * side + (x % side)] ?? 0))
  })
  return { width, red }
}
