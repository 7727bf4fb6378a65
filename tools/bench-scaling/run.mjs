// npm run bench:scaling: what an image costs to train on, and what memory all take, as they grow more.
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from '../median.mjs'
import { setup } from '../setup.mjs'
import { temporaryFolder } from '../temporary.mjs'
import { optionsOf, refuseUsage, wholeOf } from '../usage.mjs'
import { plot, rasterised } from './plot.mjs'

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

function options() {
  const values = optionsOf(NAME, {
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
  const { from, out } = values
  if (!['npy', 'folder'].includes(from)) {
    refuseUsage(NAME, `--from: unknown, got '${from}', expected npy or folder`)
  }
  if (out !== undefined && !['.svg', '.png'].includes(extname(out))) {
    refuseUsage(NAME, `--out: unknown ending, got '${out}', expected .svg or .png`)
  }
  const whole = (option, text, least) => wholeOf(NAME, option, { text, least })
  return {
    ...values,
    counts: values.counts.split(',').map((text) => whole('counts', text, 20)),
    steps: values.steps === undefined ? undefined : whole('steps', values.steps, 1),
    repeats: whole('repeats', values.repeats, 1),
    out: out === undefined ? undefined : resolve(out),
  }
}

/** What an attempt to write gives; a failure is told as that of an option. */
function written(option, path, attempt) {
  try {
    return attempt()
  } catch (error) {
    const got = `got '${path}' (${error.code ?? error.message})`
    throw new Error(`--${option}: cannot be written to, ${got}`, { cause: error })
  }
}

/** Before anything is measured, since that may take an hour. */
function checkWritable(path) {
  mkdirSync(dirname(path), { recursive: true })
  const isNew = !existsSync(path)
  closeSync(openSync(path, 'a'))
  if (isNew) rmSync(path)
}

/** One training in a process of its own. */
function measure(path, mode, steps) {
  const args = [join(HERE, 'child.mjs'), path, mode, String(steps ?? '')]
  const child = spawnSync(process.execPath, [...process.execArgv, ...args], { encoding: 'utf8' })
  if (child.status === 0) return JSON.parse(child.stdout)
  throw new Error(`a training failed, got ${child.stderr.trim() || child.signal}`)
}

/** The medians of some runs; what they computed is the same in all. */
function summarised(runs) {
  const numbers = ['microseconds', 'setUpSeconds', 'peakBytes', 'beyondBytes']
  const medians = numbers.map((name) => [name, median(runs.map((run) => run[name]))])
  const { steps, loss, threads, onnxruntime } = runs[0]
  return { ...Object.fromEntries(medians), steps, loss, threads, onnxruntime }
}

/** All files, in turn and both ways, as often as asked: so what else the machine does falls on all alike. */
function measureFiles(files, { repeats, steps }) {
  const runs = new Map(files.map(({ path }) => [path, { memory: [], stream: [] }]))
  for (let i = 0; i < repeats; i++) {
    for (const { path, images } of files) {
      for (const mode of MODES) {
        console.error(`${images} images, ${mode === 'memory' ? 'in memory' : 'streamed'} ...`)
        runs.get(path)[mode].push(measure(path, mode, steps))
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

async function writeFiles(folder, { from, counts }) {
  const { writeArray, writeFolder } = await import('./data.mjs')
  const isArray = from === 'npy'
  return counts.map((images) => {
    const path = join(folder, isArray ? `${images}.npy` : String(images))
    const write = isArray ? writeArray : writeFolder
    write(path, images)
    return { path, images }
  })
}

function printTable(rows) {
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
}

async function writePlot(path, svg) {
  writeFileSync(path, extname(path) === '.svg' ? svg : await rasterised(svg))
}

async function main() {
  const asked = options()
  const { dir, out, json } = asked
  const folder = written('dir', dir, () => temporaryFolder('anyvae-scaling-', dir))
  if (out) written('out', out, () => checkWritable(out))
  setup()
  const rows = measureFiles(await writeFiles(folder, asked), asked)
  const [{ threads, onnxruntime }] = rows
  const machine = { processor: cpus()[0].model, threads, node: process.versions.node, onnxruntime }
  const text = `${machine.processor}, ${threads} threads, Node ${machine.node}, onnxruntime ${onnxruntime}`
  if (json) {
    console.log(JSON.stringify({ machine, rows }))
  } else {
    printTable(rows)
    console.log(`\n${text}`)
  }
  if (out) await writePlot(out, plot(rows, text))
}

try {
  await main()
} catch (error) {
  console.error(`${NAME}: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
