// npm run peers:nodes: nodes of the default networks' graphs, here and from PyTorch's two exporters.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, setup } from '../setup.mjs'
import { check, pythonWith } from './python.mjs'

const HERE = join(ROOT, 'tools', 'peers')

setup()
const python = pythonWith('torch', join(HERE, 'requirements.txt'))
const folder = mkdtempSync(join(tmpdir(), 'anyvae-peers-'))
const peers = JSON.parse(check([python, join(HERE, 'torch_export.py'), folder]))
rmSync(folder, { recursive: true })

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
