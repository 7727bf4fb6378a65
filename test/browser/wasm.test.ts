// The runtime in a page, on WASM.
import { describe, expect, it } from 'vitest'
import { HAS_BROWSER, useBrowser } from './browser.js'
import { startSite } from './site.js'
describe.runIf(HAS_BROWSER)('wasm', () => {
  const browser = useBrowser('wasm')
  it('opens', async () => {
    const site = await startSite({ isolated: true, policy: "script-src 'self' 'wasm-unsafe-eval'" })
    const { page, errors } = await browser.open(site.url)
    expect(await page.evaluate(() => [crossOriginIsolated, typeof anyvae])).toEqual([
      true,
      'object',
    ])
    expect(errors).toEqual([])
  })
})
