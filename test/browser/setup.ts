// Before the browser tests: a Chromium, found or installed, and the pages, built once from the sources.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { provideChromium } from '../../tools/chromium/index.mjs'
import { buildPages } from './build.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** The program of a Chromium; empty where there is none, and `reason` says why. */
    readonly chromium: { readonly path: string; readonly reason: string }
    /** The folder of the built pages. */
    readonly pages: string
  }
}

/** Set where tests must not be skipped for want of a browser. */
const REQUIRED = 'ANYVAE_REQUIRE_CHROMIUM'

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { path = '', reason = '' } = provideChromium()
  const warn = (): void => {
    if (path === '') console.error(`\nBROWSER TESTS SKIPPED: no Chromium (${reason})\n`)
  }
  if (path === '' && process.env[REQUIRED]) {
    throw new Error(`Chromium: none, got ${reason}, expected one since ${REQUIRED} is set`)
  }
  warn()
  const pages = await mkdtemp(join(tmpdir(), 'anyvae-pages-'))
  if (path !== '') await buildPages(pages)
  project.provide('chromium', { path, reason })
  project.provide('pages', pages)
  return async () => {
    await rm(pages, { recursive: true })
    warn()
  }
}
