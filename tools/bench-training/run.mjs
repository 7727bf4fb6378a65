// npm run bench:training: the same training in anyvae and in its peers, side by side.
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { environment, findPython, NO_PYTHON } from '../python.mjs'
import { ROOT, setup } from '../setup.mjs'
import { temporaryFolder } from '../temporary.mjs'
import { optionsOf, refuseUsage, wholeOf } from '../usage.mjs'
import { measureNetwork } from './measure.mjs'
import { NETWORKS, stepFlops, stepShapes } from './networks.mjs'
import { isPython, PEERS } from './peers.mjs'
import { footing, networkTable } from './report.mjs'
import { summarize } from './summary.mjs'
import { tfjsNodeReason } from './tfjs-node.mjs'

const NAME = 'bench:training'
/** The largest batch. */
const LEAST_IMAGES = 128

const USAGE = `npm run bench:training -- [--networks a,b] [--peers a,b] [--rounds n] [--seconds s] [--threads n]
                          [--images n] [--json]

Trains the same networks in anyvae and in its peers, in turn, and prints how many images each takes a
second. Same initial parameters, batches, Adam, float32 and threads; images in memory as bytes, shuffled
anew each epoch; noise drawn anew each step. PyTorch and JAX need Python 3.10 or later, on the PATH or
named by the variable PYTHON, and are installed once (up to 3 GB); without it they are left out. So is
tfjs-node (0.5 GB, Node before 23) where it cannot be installed within two minutes.

  --networks  of ${Object.keys(NETWORKS).join(', ')}; all unless given
  --peers     of ${Object.keys(PEERS).join(', ')}; all unless given
  --rounds    measurements of each, default 5
  --seconds   of each measurement, default 2
  --threads   for everyone, default all that there are
  --images    in the training set, at least 128, default 60000 (resnet: 20000)
  --json      prints everything that was measured as one JSON object`

const text = { type: 'string' }

function options() {
  const values = optionsOf(NAME, {
    usage: USAGE,
    options: {
      networks: { ...text, default: Object.keys(NETWORKS).join() },
      peers: { ...text, default: Object.keys(PEERS).join() },
      rounds: { ...text, default: '5' },
      seconds: { ...text, default: '2' },
      threads: { ...text, default: String(availableParallelism()) },
      images: text,
      json: { type: 'boolean', default: false },
    },
  })
  const whole = (option, most, least = 1) =>
    wholeOf(NAME, option, { text: values[option], most, least })
  return {
    json: values.json,
    networks: namesOf('networks', values.networks, NETWORKS),
    peers: namesOf('peers', values.peers, PEERS),
    rounds: whole('rounds', 1000),
    seconds: secondsOf(values.seconds),
    threads: whole('threads', availableParallelism()),
    images: values.images && whole('images', 10_000_000, LEAST_IMAGES),
  }
}

function namesOf(option, given, known) {
  const names = given.split(',')
  const unknown = names.find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return [...new Set(names)]
  const expected = Object.keys(known).join(', ')
  return refuseUsage(NAME, `--${option}: unknown, got '${unknown}', expected ${expected}`)
}

function secondsOf(given) {
  if (Number(given) > 0 && Number(given) <= 3600) return Number(given)
  return refuseUsage(NAME, `--seconds: got '${given}', expected a number above 0, at most 3600`)
}

/** The Python that has the peers, or why there is none. */
function pythonOf(names, log) {
  if (!names.some((name) => isPython(PEERS[name]))) return { reason: 'not asked for' }
  try {
    const found = findPython()
    if (found === undefined) throw new Error(NO_PYTHON)
    const path = environment(join(ROOT, 'node_modules', '.cache', 'anyvae', 'bench-training'), {
      requirements: join(ROOT, 'tools', 'bench-training', 'requirements.txt'),
      python: found,
      note: ' (PyTorch with its libraries may be 3 GB)',
    })
    return { path }
  } catch (error) {
    log(`without the Python peers: ${error.message}`)
    return { reason: error.message }
  }
}

function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? process.arch,
    processors: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    architecture: process.arch,
  }
}

/** Programs that wait for a processor when the benchmark begins, over the last minute. */
function checkLoad(log) {
  // Always 0 on Windows, which does not tell.
  const [load] = loadavg()
  if (load < availableParallelism() / 2) return
  log(`the machine is busy (load ${load.toFixed(1)}): expect low figures and large spreads`)
}

async function main() {
  const { json, networks, images, ...asked } = options()
  const log = (line) => console.error(`${NAME}: ${line}`)
  setup()
  const { writeTask } = await import('./data.mjs')
  const python = pythonOf(asked.peers, log)
  const tfjsNode = { reason: asked.peers.includes('tfjs-node') ? tfjsNodeReason() : undefined }
  checkLoad(log)
  // Removed on the way out: it may hold 300 MB.
  const folder = temporaryFolder('anyvae-bench-')
  const versions = { node: process.versions.node }
  const summaries = []
  for (const name of networks) {
    const network = { name, ...NETWORKS[name], ...(images && { images }) }
    const prepared = {
      ...network,
      flops: stepFlops(network),
      shapes: stepShapes(network),
      task: writeTask(folder, name, network),
    }
    const measured = await measureNetwork(prepared, { ...asked, python, tfjsNode, folder, log })
    for (const peer of measured.peers) Object.assign(versions, peer.versions)
    const summary = summarize(prepared, measured)
    summaries.push(summary)
    if (measured.peers.length === 0) process.exitCode = 1
    // Each at once: the next may take a quarter of an hour.
    if (!json) console.log(`${networkTable(summary)}\n`)
  }
  const { rounds, seconds, threads } = asked
  const result = { machine: machine(), rounds, seconds, threads, versions, networks: summaries }
  if (json) return console.log(JSON.stringify(result))
  console.log(footing(result))
}

try {
  await main()
} catch (error) {
  console.error(`${NAME}: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
