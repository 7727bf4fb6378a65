// npm run conformance: tfjs-core's own op tests, on a backend that computes in ONNX Runtime.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import { ROOT } from './setup.mjs'

const SOURCE = join(ROOT, 'packages', 'exporter', 'src', 'testing', 'conformance')
const CACHE = join(ROOT, 'node_modules', '.cache')

/** One file of all specs and the backend, in which tfjs-core is there once. */
async function bundle(folder) {
  const core = join(ROOT, 'node_modules', '@tensorflow', 'tfjs-core')
  const build = await rolldown({
    input: { main: join(SOURCE, 'main.ts'), worker: join(SOURCE, 'worker.ts') },
    platform: 'node',
    // The package says that it has no side effects, but its specs are nothing else.
    treeshake: false,
    external: [/^node:/, /^onnxruntime-node/, /^jasmine-core/],
    resolve: {
      alias: {
        '@tensorflow/tfjs-core/dist': join(core, 'dist'),
        '@tensorflow/tfjs-core': join(core, 'dist', 'index.js'),
      },
      conditionNames: ['@anyvae/source', 'import', 'node', 'default'],
      extensionAlias: { '.js': ['.ts', '.js'] },
      mainFields: ['module', 'main'],
    },
    logLevel: 'silent',
  })
  await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    banner:
      "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  })
}

function results(folder, { filter, opset, optimize }) {
  const file = join(folder, 'results.jsonl')
  const started = performance.now()
  const { status, signal, stderr } = spawnSync(process.execPath, [join(folder, 'main.js')], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 2 ** 28,
    env: {
      ...process.env,
      CONFORMANCE_RESULTS: file,
      CONFORMANCE_FILTER: filter.join('\n'),
      CONFORMANCE_OPSET: String(opset),
      CONFORMANCE_OPTIMIZE: optimize ? '1' : '0',
    },
  })
  if (!existsSync(file)) {
    throw new Error(`conformance: the specs did not start, got ${stderr}`)
  }
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const specs = lines.filter((line) => line.name !== undefined)
  if (status !== 0) {
    const last = lines.findLast((line) => line.started)?.started ?? 'the first spec'
    console.error(
      `conformance: the run broke off, got ${signal ?? `exit code ${status}`} in '${last}'`,
    )
    process.exitCode = 1
  }
  return { specs, seconds: (performance.now() - started) / 1000 }
}

const { values } = parseArgs({
  options: {
    filter: { type: 'string', multiple: true, default: [] },
    opset: { type: 'string', default: '17' },
    optimize: { type: 'boolean', default: false },
  },
})
mkdirSync(CACHE, { recursive: true })
const folder = mkdtempSync(join(CACHE, 'conformance-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
await bundle(folder)
const { specs, seconds } = results(folder, values)
const run = specs.filter(({ status }) => status !== 'excluded')
for (const { name, message, status } of run) {
  if (status === 'failed')
    console.log(`FAILED ${name}\n       ${message.split('\n')[0].slice(0, 300)}`)
}
const count = (status) => run.filter((spec) => spec.status === status).length
console.log(
  `${run.length} specs in ${seconds.toFixed(0)} s: ${count('passed')} passed, ${count('failed')} failed, ${count('pending')} pending`,
)
