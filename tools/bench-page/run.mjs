// npm run bench:page: a training step in a page, in anyvae and in its peers, side by side.
import { availableParallelism, cpus, loadavg } from 'node:os'
import { chromium } from 'playwright-core'
import { FLAGS, provideChromium } from '../chromium/index.mjs'
import { setup } from '../setup.mjs'
import { temporaryFolder } from '../temporary.mjs'
import { optionsOf, refuseUsage, wholeOf } from '../usage.mjs'
import { report, summarize } from './report.mjs'

const NAME = 'bench:page'
const PEERS = ['anyvae', 'tfjs', 'jax-js']

const USAGE = `npm run bench:page -- [--rounds n] [--seconds s] [--threads n] [--alone] [--json]

Takes training steps of the same network in anyvae, in TensorFlow.js's wasm backend and in jax-js's, in
turn and in one page of a Chromium without a window, and prints how long each takes for a step. The
784-400-20 MLP, batches of 128, Adam, float32; same first parameters, batches and noise.

  --rounds    measurements of each, default 9
  --seconds   of each measurement, default 1
  --threads   for anyvae, default all that there are
  --alone     a page without the headers that threads need: everyone computes on one
  --json      prints everything that was measured as one JSON object`

function options() {
  const text = { type: 'string' }
  const flag = { type: 'boolean', default: false }
  const values = optionsOf(NAME, {
    usage: USAGE,
    options: {
      rounds: { ...text, default: '9' },
      seconds: { ...text, default: '1' },
      threads: text,
      alone: flag,
      json: flag,
    },
  })
  const { threads, seconds } = values
  return {
    ...values,
    rounds: wholeOf(NAME, 'rounds', { text: values.rounds, most: 1000 }),
    seconds: secondsOf(seconds),
    threads: threads && wholeOf(NAME, 'threads', { text: threads, most: availableParallelism() }),
  }
}

function secondsOf(given) {
  if (Number(given) > 0 && Number(given) <= 60) return Number(given)
  return refuseUsage(NAME, `--seconds: got '${given}', expected a number above 0, at most 60`)
}

function log(line) {
  console.error(`${NAME}: ${line}`)
}

/** Opens the page of the benchmark in a tab of its own. */
async function opened(browser, { url }) {
  const page = await browser.newPage()
  page.on('pageerror', (error) => log(error.message))
  await page.goto(url)
  await page.waitForFunction('globalThis.bench !== undefined')
  return page
}

const prepared = (page, name, options) =>
  page.evaluate(([name, options]) => globalThis.bench.prepare(name, options), [name, options])
const measured = (page, name, seconds) =>
  page.evaluate(([name, seconds]) => globalThis.bench.measure(name, seconds), [name, seconds])

/**
 * TensorFlow.js takes half of the processors as threads, and may be told of twice as many: the faster
 * of the two, tried in pages of their own, each the better of two trials.
 */
async function bestProcessors(browser, site, { seconds, ...setting }) {
  const trials = []
  for (const processors of [availableParallelism(), 2 * availableParallelism()]) {
    const page = await opened(browser, site)
    const { threads } = await prepared(page, 'tfjs', { ...setting, processors })
    const times = [await measured(page, 'tfjs', seconds), await measured(page, 'tfjs', seconds)]
    trials.push({ processors, threads, milliseconds: Math.min(...times) })
    await page.close()
  }
  const [best] = trials.toSorted((a, b) => a.milliseconds - b.milliseconds)
  return { trials, processors: best.processors }
}

async function measureAll(browser, site, { rounds, seconds, threads }) {
  const setting = {
    tfjs: `${site.url}tfjs/`,
    ort: `${site.url}ort/`,
    threads: Number(threads) || 0,
  }
  const { trials, processors } = await bestProcessors(browser, site, { ...setting, seconds })
  const page = await opened(browser, site)
  const peers = []
  for (const name of PEERS) {
    log(`preparing ${name}`)
    peers.push({ name, samples: [], ...(await prepared(page, name, { ...setting, processors })) })
  }
  for (let round = 1; round <= rounds; round++) {
    log(`round ${round} of ${rounds}`)
    for (const { name, samples } of peers) samples.push(await measured(page, name, seconds))
  }
  const isolated = await page.evaluate(() => globalThis.bench.isolated)
  return { isolated, peers, tfjsTrials: trials }
}

function checkLoad() {
  const [load] = loadavg()
  if (load < availableParallelism() / 2) return
  log(`the machine is busy (load ${load.toFixed(1)}): expect high figures and large spreads`)
}

async function main() {
  const { json, alone, ...asked } = options()
  setup()
  const { buildPage, serve } = await import('./site.mjs')
  const { path, reason } = provideChromium()
  if (path === undefined) throw new Error(`Chromium: none, got ${reason}, expected one`)
  const folder = temporaryFolder('anyvae-bench-page-')
  await buildPage(folder)
  checkLoad()
  const site = await serve(folder, { isolated: !alone })
  const browser = await chromium.launch({ executablePath: path, args: [...FLAGS.wasm] })
  try {
    const found = await measureAll(browser, site, asked)
    const machine = { cpu: cpus()[0]?.model.trim(), processors: availableParallelism() }
    const { rounds, seconds } = asked
    const about = { browser: `Chromium ${browser.version()}`, machine, rounds, seconds }
    const result = { ...about, ...summarize(found) }
    console.log(json ? JSON.stringify(result) : report(result))
  } finally {
    await browser.close()
    site.close()
  }
}

try {
  await main()
} catch (error) {
  console.error(`${NAME}: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
