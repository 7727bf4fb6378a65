// npm run conformance: tfjs-core's own specs on a backend that computes in ONNX Runtime.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { bundle } from './conformance/bundle.mjs'
import { reasonOf, reasons } from './conformance/reasons.mjs'
import { compare, printChanges, printFigures, ranIn } from './conformance/report.mjs'
import { runSpecs } from './conformance/run.mjs'
import { install, ROOT } from './setup.mjs'
import { opsetOf, optionsOf, refuseUsage } from './usage.mjs'

const NAME = 'conformance'

const USAGE = `npm run conformance -- [--filter text]... [--opset n] [--optimize] [--update]

Runs the specs that tfjs-core ships on a backend that records kernels as an ONNX graph and computes it
in onnxruntime-node when values are read. Fails where a spec does not do what is recorded of it.

  --filter text  only specs whose full name has this text; compares with no record
  --opset n      write graphs for this operator set, 13 to 21, default 17
  --optimize     put graphs through the passes first
  --update       record anew which specs are skipped or fail, each under its reason`

const RECORD = join(ROOT, 'tools', 'conformance', 'record.json')

function options() {
  const values = optionsOf(NAME, {
    usage: USAGE,
    options: {
      filter: { type: 'string', multiple: true, default: [] },
      opset: { type: 'string', default: '17' },
      optimize: { type: 'boolean', default: false },
      update: { type: 'boolean', default: false },
    },
  })
  opsetOf(NAME, values.opset)
  if (values.update && values.filter.length > 0) {
    refuseUsage(NAME, '--update: not with --filter, expected all specs')
  }
  return values
}

async function specsOf(values) {
  const cache = join(ROOT, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'conformance-'))
  try {
    await bundle(folder)
    return runSpecs(folder, values)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function printList(specs) {
  for (const { name, status, message } of specs) {
    if (status === 'failed')
      console.log(`FAILED ${name}\n  ${message.split('\n')[0].slice(0, 500)}`)
  }
  const count = (status) => specs.filter((spec) => spec.status === status).length
  console.log(`${specs.length} specs: ${count('passed')} passed, ${count('failed')} failed`)
  return count('failed') > 0
}

/** Writes down, under its reason, each spec that does not pass; those without reason stay out. */
function update(specs) {
  const explained = {}
  for (const spec of specs.filter(({ status }) => status !== 'passed')) {
    const key = reasonOf(spec)?.key
    if (key !== undefined) (explained[key] ??= []).push(spec.name)
  }
  writeFileSync(
    RECORD,
    `${JSON.stringify({ specs: specs.length, ran: ranIn(specs), explained }, null, 2)}\n`,
  )
}

async function main() {
  const values = options()
  install()
  const started = performance.now()
  const specs = await specsOf(values)
  if (specs.length === 0 && values.filter.length > 0) {
    const got = values.filter.map((text) => `'${text}'`).join(', ')
    throw new Error(`--filter: matches nothing, got ${got}, expected part of a spec's full name`)
  }
  if (specs.length === 0) throw new Error('no spec was found, expected those of tfjs-core')
  if (values.filter.length > 0) return printList(specs)
  if (values.update) update(specs)
  const version = (name) => createRequire(import.meta.url)(`${name}/package.json`).version
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const passes = values.optimize ? ', optimized' : ''
  console.log(
    `tfjs-core ${version('@tensorflow/tfjs-core')}: ${specs.length} specs in onnxruntime-node ${version('onnxruntime-node')}, opset ${values.opset}${passes}, ${seconds} s\n`,
  )
  const record = JSON.parse(readFileSync(RECORD, 'utf8'))
  const result = compare(specs, record)
  const enough = printFigures({ specs, ...result }, reasons)
  if (!enough) console.log('\ntoo few pass, expected at least 97 % and at most 3 % skipped')
  const lost = record.ran - ranIn(specs)
  if (lost > 0) console.log(`\n${lost} specs fewer than recorded ran in ONNX Runtime and passed`)
  return printChanges(result) || !enough || lost > 0
}

try {
  process.exitCode = (await main()) ? 1 : 0
} catch (error) {
  console.error(`${NAME}: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
