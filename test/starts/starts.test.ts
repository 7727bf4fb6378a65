// From four starts, as a newcomer makes them with the packed packages, to digits on a page.
import { createHash } from 'node:crypto'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { HAS_BROWSER, useBrowser } from '../browser/browser.js'
import { temporaryFolder } from '../command.js'
import { startDevelopment } from './development.js'
import { pages, picture, see, type Drawn, type Seen } from './page.js'
import { addModel, begin, pack, run, sizes, write } from './project.js'
import { block, README } from './readme.js'
import { ISOLATED, serveFolder } from './site.js'

const HTML = `<!doctype html>
<link rel="icon" href="data:," />
<body></body>
<script src="main.js" type="module"></script>
`
const POLICY = "script-src 'self' 'wasm-unsafe-eval'"
const WASM = ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.asyncify.wasm']
/** Bytes of the largest script; the smallest wasm is 30 times as large. */
const LARGEST = 400_000
const FIVE_MINUTES = 300_000
const NO_REGISTRY = 'the npm registry cannot be reached from here'

interface Start {
  readonly scripts: { readonly build: string }
}

const base = await temporaryFolder()
const browser = useBrowser('wasm')
const browserWithGpu = useBrowser('webgpu')
let tarballs: readonly string[] = []
let expected: Pick<Drawn, 'width' | 'red'>

describe.runIf(HAS_BROWSER)('runtime-web', { timeout: FIVE_MINUTES }, () => {
  beforeAll(async () => {
    tarballs = await pack(base)
    expected = await picture()
  })

  describe('from Vite', () => {
    const folder = join(base, 'vite')
    const installed = installation('vite', folder)

    it('draws the digits of the README on its development server', async ({ skip }) => {
      skip(!(await installed()), NO_REGISTRY)
      await addModel(join(folder, 'public'))
      await write(join(folder, 'src'), pages('ts'))
      expectDigits(await see(browser, await startDevelopment(folder), 2))
    })

    it('draws them from its build, with threads and under a strict policy', async ({ skip }) => {
      skip(!(await installed()), NO_REGISTRY)
      await run(folder, ['run', 'build'])
      await expectBuilt(folder)
    })

    it('draws them on WebGPU', async ({ skip }) => {
      skip(!(await installed()), NO_REGISTRY)
      // By name: of its own accord it takes no GPU in software.
      await write(join(folder, 'src'), pages('ts', "provider: 'webgpu'"))
      await run(folder, ['run', 'build'])
      const headers = { 'content-security-policy': POLICY, ...ISOLATED }
      const url = await serveFolder(join(folder, 'dist'), headers)
      expectDigits(await see(browserWithGpu, url, 2), 'webgpu')
    })

    it('leaves the wasm out where it lies elsewhere', async ({ skip }) => {
      skip(!(await installed()), NO_REGISTRY)
      const config = block("onnxruntime's files elsewhere", 'js')
      await write(folder, { 'vite.config.js': config })
      await write(join(folder, 'src'), pages('ts', "wasmPaths: '/ort/'"))
      await run(folder, ['run', 'build'])
      expect(wasmOf(await sizes(join(folder, 'dist')))).toEqual([])
      const ort = join(folder, 'node_modules/onnxruntime-web/dist')
      await cp(ort, join(folder, 'dist/ort'), { recursive: true })
      await expectServed(join(folder, 'dist'))
    })
  })

  describe('from webpack', () => {
    const folder = join(base, 'webpack')
    const installed = installation('webpack', folder)

    it('draws the digits of the README', async ({ skip }) => {
      skip(!(await installed()), NO_REGISTRY)
      const { 'main.js': index = '', ...others } = pages('js')
      await write(join(folder, 'src'), { 'index.js': index, ...others })
      const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Start
      expect(README).toContain(`npx ${scripts.build}`)
      await run(folder, ['run', 'build'])
      await write(join(folder, 'dist'), { 'index.html': HTML })
      await addModel(join(folder, 'dist'))
      await expectBuilt(folder)
    })
  })

  describe('from esbuild', () => {
    const folder = join(base, 'esbuild')
    const installed = installation('esbuild', folder)

    it('draws the digits of the README', async ({ skip }) => {
      skip(!(await installed()), NO_REGISTRY)
      await write(folder, { 'build.mjs': block('esbuild', 'js') })
      await write(join(folder, 'src'), pages('ts'))
      await run(folder, ['run', 'build'])
      await write(join(folder, 'dist'), { 'index.html': HTML })
      await addModel(join(folder, 'dist'))
      await expectBuilt(folder)
    })
  })

  describe('without a bundler', () => {
    const folder = join(base, 'plain')
    const installed = installation('plain', folder)

    it('draws the digits of the README', async ({ skip }) => {
      skip(!(await installed()), NO_REGISTRY)
      const html = block('No bundler', 'html')
      await write(folder, { 'index.html': html, ...pages('js') })
      await addModel(folder)
      const [, map = ''] = /<script type="importmap">([^]*?)<\/script>/.exec(html) ?? []
      const hash = createHash('sha256').update(map).digest('base64')
      await expectServed(folder, `${POLICY} 'sha256-${hash}'`)
    })
  })
})

/** Installs a start when it is first asked for; false where there is no registry. */
function installation(start: string, folder: string): () => Promise<boolean> {
  let installing: Promise<boolean> | undefined
  const install = async (): Promise<boolean> => {
    const installed = await begin(start, folder, tarballs)
    if (!installed) console.log(`starts: ${start} skipped, since ${NO_REGISTRY}`)
    return installed
  }
  return () => (installing ??= install())
}

/** Expects a build that holds each wasm once, nowhere inlined, and that works as it is served. */
async function expectBuilt(folder: string): Promise<void> {
  const original = await sizes(join(folder, 'node_modules/onnxruntime-web/dist'))
  const built = await sizes(join(folder, 'dist'))
  expect(wasmOf(built)).toEqual(sorted(WASM.map((name) => original[name])))
  const others = Object.entries(built).filter(([path]) => !path.endsWith('.wasm'))
  expect(others.filter(([, size]) => size > LARGEST)).toEqual([])
  await expectServed(join(folder, 'dist'))
}

/** Expects the digits on a page of a folder, on one thread and on two, under a policy. */
async function expectServed(folder: string, policy = POLICY): Promise<void> {
  const headers = { 'content-security-policy': policy }
  const alone = await see(browser, await serveFolder(folder, headers), 2)
  expectDigits(alone)
  expect(alone.drawn.map(({ info }) => info)).toMatchObject([{ threads: 1 }, { threads: 1 }])
  const isolated = await see(browser, await serveFolder(folder, { ...headers, ...ISOLATED }), 2)
  expectDigits(isolated)
  expect(isolated.drawn[1]?.info).toMatchObject({ threads: 2 })
}

/** Expects the picture of runtime-node twice, within a step of grey, and no needless download. */
function expectDigits({ drawn, errors, asked }: Seen, provider = 'wasm'): void {
  expect(errors).toEqual([])
  expect(drawn).toHaveLength(2)
  for (const { width, red, info } of drawn) {
    expect(info).toMatchObject({ provider })
    expect([width, red.length]).toEqual([expected.width, expected.red.length])
    const off = red.map((value, i) => Math.abs(value - (expected.red[i] ?? 0)))
    expect(Math.max(...off)).toBeLessThanOrEqual(1)
  }
  const needless = provider === 'wasm' ? /webgpu|asyncify/ : /ort\.wasm|threaded(-\w+)?\.wasm/
  expect(asked.filter((path) => needless.test(path))).toEqual([])
  expect(asked.filter((path) => path.endsWith('encoder.onnx'))).toEqual([])
}

function wasmOf(files: Readonly<Record<string, number>>): readonly number[] {
  const paths = Object.keys(files).filter((path) => path.endsWith('.wasm'))
  return sorted(paths.map((path) => files[path]))
}

function sorted(values: readonly (number | undefined)[]): number[] {
  return values.map(Number).sort((a, b) => a - b)
}
