// Writes exported models nearly as ONNX's backend tests are laid out: *.onnx and test_data_set_N/*.pb.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeTensor } from '@anyvae/onnx'
import { writeCalls, writeOperators } from './calls.mjs'
import { externalModels } from './external.mjs'
import { wholeModels } from './models.mjs'
import { opCases } from './ops.mjs'
import { quietTensorflow } from './tensorflow.mjs'

const OPSETS = [13, 14, 15, 16, 17, 18, 19, 20, 21]

const [folder = '', chosen = ''] = process.argv.slice(2)
const opsets = chosen === '' ? OPSETS : chosen.split(',').map(Number)

const fileName = (name) => name.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '')

const folders = new Set()

/**
 * Writes one model as the last name of its path. Those in one folder share sets of tensors, which
 * carry the names of inputs and outputs, and how near the values must come.
 */
function writeModel(path, { model, sets, tolerance, files = {} }) {
  const target = join(folder, ...path.slice(0, -1).map(fileName))
  if (!folders.has(target)) {
    folders.add(target)
    mkdirSync(target, { recursive: true })
    sets.forEach((set, i) => writeSet(join(target, `test_data_set_${i}`), set))
    if (tolerance !== undefined) {
      writeFileSync(join(target, 'tolerance.json'), JSON.stringify({ tolerance }))
    }
  }
  writeFileSync(join(target, `${fileName(path.at(-1))}.onnx`), model)
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(target, name), bytes)
}

function writeSet(data, { inputs, outputs }) {
  mkdirSync(data)
  for (const [kind, tensors] of Object.entries({ input: inputs, output: outputs })) {
    tensors.forEach((tensor, i) => {
      writeFileSync(join(data, `${kind}_${i}.pb`), encodeTensor(tensor))
    })
  }
}

await quietTensorflow()
const started = performance.now()
const counts = { written: 0, refused: {}, failed: {} }

function record({ path, refused, failed, ...model }) {
  if (failed !== undefined) {
    counts.failed[path.join(', ')] = failed
  } else if (refused !== undefined) {
    counts.refused[refused] = (counts.refused[refused] ?? 0) + 1
  } else {
    writeModel(path, model)
    counts.written += 1
  }
}

for (const models of [opCases, wholeModels, externalModels]) {
  for await (const each of models(opsets)) record(each)
}
counts.written += writeCalls(join(folder, 'operators'), opsets)
writeOperators(join(folder, 'operators.json'))
writeFileSync(join(folder, 'written.json'), JSON.stringify(counts))
const seconds = Math.round((performance.now() - started) / 1000)
console.error(`Wrote ${counts.written} models in ${seconds} s.`)
