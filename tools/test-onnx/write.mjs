// Writes exported models in the layout of ONNX's backend tests: model.onnx and test_data_set_0/*.pb.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { encodeTensor } from '@anyvae/onnx'
import { writeCalls, writeOperators } from './calls.mjs'
import { externalModels } from './external.mjs'
import { opCases } from './ops.mjs'

const OPSETS = [13, 14, 15, 16, 17, 18, 19, 20, 21]

/** The last arguments are the folder and the opsets; those before, scripts that export models. */
const [folder = '', chosen = ''] = process.argv.slice(-2)
const scripts = process.argv.slice(2, -2)
const opsets = chosen === '' ? OPSETS : chosen.split(',').map(Number)

const fileName = (name) => name.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '')

/** Writes one model: its bytes, tensors in the graph's order, and what else its check needs to know. */
function writeModel(path, { model, inputs, outputs, tolerance, files = {} }) {
  const target = join(folder, ...path.map(fileName))
  const data = join(target, 'test_data_set_0')
  mkdirSync(data, { recursive: true })
  writeFileSync(join(target, 'model.onnx'), model)
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(target, name), bytes)
  for (const [kind, tensors] of Object.entries({ input: inputs, output: outputs })) {
    tensors.forEach((tensor, i) => {
      writeFileSync(join(data, `${kind}_${i}.pb`), encodeTensor(tensor))
    })
  }
  if (tolerance !== undefined) {
    writeFileSync(join(target, 'tolerance.json'), JSON.stringify({ tolerance }))
  }
}

const started = performance.now()
const counts = { written: 0, refused: {}, failed: {} }

function record(path, { refused, failed, ...model }) {
  if (failed !== undefined) {
    counts.failed[path.join(', ')] = failed
  } else if (refused !== undefined) {
    counts.refused[refused] = (counts.refused[refused] ?? 0) + 1
  } else {
    writeModel(path, model)
    counts.written += 1
  }
}

for await (const { path, ...result } of opCases(opsets)) {
  record(['ops', ...path], result)
}
for (const { path, ...result } of externalModels(opsets)) {
  record(path, result)
}
for (const script of scripts) {
  const { exported } = await import(pathToFileURL(script).href)
  for await (const { name, ...result } of exported(opsets)) {
    record(['models', ...name.split('/')], result)
  }
}
counts.written += writeCalls(join(folder, 'operators'), opsets)
writeOperators(join(folder, 'operators.json'))
writeFileSync(join(folder, 'written.json'), JSON.stringify(counts))
console.error(
  `Wrote ${counts.written} models in ${Math.round((performance.now() - started) / 1000)} s.`,
)
