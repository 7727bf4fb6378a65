// npm run peers:nodes: nodes of the default networks' graphs, here and from PyTorch's two exporters.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, setup } from '../setup.mjs'
import { environment, findPython, NO_PYTHON, output } from '../python.mjs'
import { optionsOf } from '../usage.mjs'

const NAME = 'peers:nodes'
const USAGE = `npm run peers:nodes

Counts the nodes of the default networks' graphs, as they are exported here and as PyTorch's two
exporters write the same networks. Fails where PyTorch needs fewer. Needs Python 3.10 or later, on the
PATH or named by the variable PYTHON; PyTorch (up to 3 GB) is installed once.`

const HERE = join(ROOT, 'tools', 'peers')

/** What PyTorch's exporters write. */
function peersNodes() {
  const found = findPython()
  if (found === undefined) throw new Error(NO_PYTHON)
  const python = environment(join(ROOT, 'node_modules', '.cache', 'anyvae', 'torch'), {
    requirements: join(HERE, 'requirements.txt'),
    python: found,
    note: ' (PyTorch with its libraries may be 3 GB)',
  })
  const folder = mkdtempSync(join(tmpdir(), 'anyvae-peers-'))
  try {
    const script = join(HERE, 'torch_export.py')
    return JSON.parse(output([python, script, folder], 'expected PyTorch to export both networks'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measured() {
  try {
    return peersNodes()
  } catch (error) {
    console.error(`${NAME}: ${error.message}`)
    return process.exit(1)
  }
}

optionsOf(NAME, { usage: USAGE, options: {} })
setup()
const peers = measured()

const { exported } = await import('./networks.mjs')
const ours = [...(await exported('mlp')), ...(await exported('conv'))]
const rows = ours.map((row) => {
  const { torchscript, dynamo } = peers.networks[row.network]
  const most = Math.min(torchscript.nodes, dynamo.nodes)
  return { ...row, torchscript: torchscript.nodes, dynamo: dynamo.nodes, most }
})

const columns = {
  network: 'network',
  before: 'nodes traced',
  after: 'nodes written',
  torchscript: 'torch.onnx (TorchScript)',
  dynamo: 'torch.onnx (dynamo)',
  transposes: 'Transposes',
  overhead: 'bytes over the weights',
}
const line = (cells) => `| ${cells.join(' | ')} |`
console.log(line(Object.values(columns)))
console.log(line(Object.keys(columns).map(() => '---')))
for (const row of rows) console.log(line(Object.keys(columns).map((column) => row[column])))
console.log(
  `\ntorch ${peers.versions.torch}, onnx ${peers.versions.onnx}; opset 17 and, from dynamo, 20.`,
)

const behind = rows.filter((row) => row.after > row.most)
for (const { network, after, most } of behind) {
  console.error(
    `${network}: more nodes than PyTorch writes, got ${after}, expected at most ${most}`,
  )
}
process.exitCode = behind.length > 0 ? 1 : 0
