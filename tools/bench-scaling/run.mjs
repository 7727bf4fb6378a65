// npm run bench:scaling: what an image costs to train on, and what memory all take, as they grow more.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setup } from '../setup.mjs'
import { optionsOf, refuseUsage } from '../usage.mjs'

const NAME = 'bench:scaling'
const USAGE = `npm run bench:scaling -- [options]

Trains the mlp on so and so many images of 28x28, in memory and with --stream, each in a
process of its own, and tells for each the time per image over the training steps, what comes before the
first step, and the highest memory beyond the images' own bytes. Fails where the two ways of reading give
different losses.

  --from <what>     npy, a .npy file, or folder, a folder of PNG files (default: npy)
  --counts <n,...>  images (default: 1000,10000,100000,1000000)
  --steps <n>       steps to stop after (default: whole epochs, and at least 200 steps)
  --repeats <n>     times that each is measured, in turn; medians are told (default: 1)
  --dir <folder>    where the files are made, 784 bytes an image (default: the system's for such files)
  --out <file>      a plot, .svg or .png
  --json            prints one JSON object and nothing else`

const MODES = ['memory', 'stream']
const HERE = dirname(fileURLToPath(import.meta.url))

const options = optionsOf(NAME, {
  usage: USAGE,
  options: {
    from: { type: 'string', default: 'npy' },
    counts: { type: 'string', default: '1000,10000,100000,1000000' },
    steps: { type: 'string' },
    repeats: { type: 'string', default: '1' },
    dir: { type: 'string', default: tmpdir() },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
if (!['npy', 'folder'].includes(options.from)) {
  refuseUsage(NAME, `--from: unknown, got '${options.from}', expected npy or folder`)
}
const counts = options.counts.split(',').map((text) => wholeOf('--counts', text, 20))
const repeats = wholeOf('--repeats', options.repeats, 1)
const steps = options.steps === undefined ? undefined : wholeOf('--steps', options.steps, 1)
const ending = options.out && extname(options.out)
if (ending !== undefined && !['.svg', '.png'].includes(ending)) {
  refuseUsage(NAME, `--out: unknown ending, got '${options.out}', expected .svg or .png`)
}
setup()

function wholeOf(flag, text, least) {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least) return value
  return refuseUsage(NAME, `${flag}: no number, got '${text}', expected a whole one from ${least}`)
}

/** One training in a process of its own. */
function measure(path, mode) {
  const args = [join(HERE, 'child.mjs'), path, mode, String(steps ?? '')]
  const child = spawnSync(process.execPath, [...process.execArgv, ...args], { encoding: 'utf8' })
  if (child.status !== 0) {
    console.error(`${NAME}: a training failed, got ${child.stderr.trim() || child.signal}`)
    process.exit(1)
  }
  return JSON.parse(child.stdout)
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** The medians of some runs; what they computed is the same in all. */
function summarised(runs) {
  const numbers = ['microseconds', 'setUpSeconds', 'peakBytes', 'beyondBytes']
  const medians = numbers.map((name) => [name, median(runs.map((run) => run[name]))])
  const { steps, loss, threads, onnxruntime } = runs[0]
  return { ...Object.fromEntries(medians), steps, loss, threads, onnxruntime }
}

/** All files, in turn and both ways, as often as asked: so what else the machine does falls on all alike. */
function measureFiles(files) {
  const runs = new Map(files.map(({ path }) => [path, { memory: [], stream: [] }]))
  for (let i = 0; i < repeats; i++) {
    for (const { path, images } of files) {
      for (const mode of MODES) {
        console.error(`${images} images, ${mode === 'memory' ? 'in memory' : 'streamed'} ...`)
        runs.get(path)[mode].push(measure(path, mode))
      }
    }
  }
  return files.flatMap(({ path, images }) => rowsOf(images, runs.get(path)))
}

function rowsOf(images, runs) {
  const losses = new Set(MODES.flatMap((mode) => runs[mode].map(({ loss }) => loss)))
  if (losses.size > 1) {
    console.error(`${NAME}: ${images} images: other losses, got ${[...losses].join(' and ')}`)
    process.exitCode = 1
  }
  return MODES.map((mode) => ({ images, mode, ...summarised(runs[mode]) }))
}

async function measureAll() {
  const { writeArray, writeFolder } = await import('./data.mjs')
  const folder = mkdtempSync(join(options.dir, 'anyvae-scaling-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const isArray = options.from === 'npy'
  const files = counts.map((images) => {
    const path = join(folder, isArray ? `${images}.npy` : String(images))
    const write = isArray ? writeArray : writeFolder
    write(path, images)
    return { path, images }
  })
  return measureFiles(files)
}

const rows = await measureAll()
const { threads, onnxruntime } = rows[0]
const machine = { processor: cpus()[0].model, threads, node: process.versions.node, onnxruntime }
const text = `${machine.processor}, ${threads} threads, Node ${machine.node}, onnxruntime ${onnxruntime}`
if (options.json) console.log(JSON.stringify({ machine, rows }))
else printTable(rows, text)
if (options.out) await writePlot(resolve(options.out))

function printTable(rows, machine) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(0)
  const line = (cells) => console.log(`| ${cells.join(' | ')} |`)
  line([
    'images',
    'read',
    'steps',
    'time per image (µs)',
    'set-up (s)',
    'memory beyond the images (MB)',
  ])
  line(['--:', '---', '--:', '--:', '--:', '--:'])
  for (const { images, mode, steps, microseconds, setUpSeconds, beyondBytes } of rows) {
    const how = mode === 'memory' ? 'into memory' : '`--stream`'
    const cells = [images, how, steps].map((cell) => cell.toLocaleString('en'))
    line([...cells, microseconds.toFixed(1), setUpSeconds.toFixed(2), megabytes(beyondBytes)])
  }
  console.log(`\n${machine}`)
}

async function writePlot(path) {
  const { plot } = await import('./plot.mjs')
  const svg = plot(rows, text)
  mkdirSync(dirname(path), { recursive: true })
  if (ending === '.svg') return writeFileSync(path, svg)
  const { rasterised } = await import('./plot.mjs')
  writeFileSync(path, await rasterised(svg))
}
