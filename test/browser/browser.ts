// A real Chromium with pages in it, for the tests of one file.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, inject } from 'vitest'
import { FLAGS } from '../../tools/chromium/index.mjs'
import { hardenGpu } from './watch.js'

/** Whether there is a browser; tests are skipped where there is none, and the run's setup says so. */
export const HAS_BROWSER = inject('chromium').path !== ''

export interface Opened {
  readonly page: Page
  /** What the page has written to its console as an error, and what it has thrown. */
  readonly errors: readonly string[]
}

/** Starts a browser of a kind when a page is first opened; closes it with the tests of the file. */
export function useBrowser(kind: keyof typeof FLAGS, flags: readonly string[] = []): Browsing {
  let starting: Promise<Browser> | undefined
  const start = (): Promise<Browser> => {
    const { path } = inject('chromium')
    starting ??= chromium.launch({ executablePath: path, args: [...FLAGS[kind], ...flags] })
    return starting
  }
  const profile = async (): Promise<BrowserContext> => {
    const context = await (await start()).newContext()
    if (kind === 'webgpu') await context.addInitScript(hardenGpu)
    return context
  }
  afterAll(async () => (await starting)?.close())
  return {
    context: profile,
    open: async (url, context) => openPage(await (context ?? (await profile())).newPage(), url),
  }
}

export interface Browsing {
  /** A fresh profile: storage of its own. */
  context(): Promise<BrowserContext>
  /** Opens a page that has loaded the runtime, in a profile of its own where none is given. */
  open(url: string, context?: BrowserContext): Promise<Opened>
}

async function openPage(page: Page, url: string): Promise<Opened> {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(url)
  await page.waitForFunction(() => 'anyvae' in globalThis)
  return { page, errors }
}
