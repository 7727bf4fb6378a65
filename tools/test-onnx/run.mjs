// npm run test:onnx: every exported file, by the measure of the Python onnx package.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { environment, findPython, NO_PYTHON } from '../python.mjs'
import { ROOT } from '../setup.mjs'
import { opsetOf, optionsOf, refuseUsage } from '../usage.mjs'
import { bundleWriter } from './bundle.mjs'

const NAME = 'test:onnx'

const USAGE = `npm run test:onnx [-- options]

Checks every exported file with the Python onnx package: its checker, strict shape inference and the
values of its reference evaluator. The files: the bundles in models/, the exporter's op cases and the
builder's operators at every opset, whole models, and those in folders that are named.

  --opset N      only this opset of op cases; may be repeated (default all, 13 to 21)
  --filter TEXT  only files whose path contains the text
  --models DIR   further models, in the layout of ONNX's backend tests; may be repeated
  --if-python    where there is no Python, say so and succeed
  --keep         check the files of the last run again, without writing them anew`

const options = optionsOf(NAME, {
  usage: USAGE,
  options: {
    opset: { type: 'string', multiple: true, default: [] },
    filter: { type: 'string', default: '' },
    models: { type: 'string', multiple: true, default: [] },
    'if-python': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})
checkOptions()

const CACHE = join(ROOT, 'node_modules', '.cache', 'test-onnx')
const WRITTEN = join(CACHE, 'models')

function checkOptions() {
  const { opset, keep, models } = options
  for (const each of opset) opsetOf(NAME, each)
  if (keep && opset.length > 0) {
    refuseUsage(NAME, '--keep: not with --opset, expected one of them: nothing is written anew')
  }
  for (const folder of models) {
    if (!existsSync(folder)) {
      refuseUsage(NAME, `--models: no such folder, got '${folder}', expected one with models`)
    }
  }
}

async function write() {
  rmSync(WRITTEN, { recursive: true, force: true })
  const script = await bundleWriter(join(CACHE, 'writer'))
  const args = [script, WRITTEN, options.opset.join(',')]
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0
}

function check(python) {
  const script = join(ROOT, 'tools', 'test-onnx', 'check.py')
  const folders = [join(ROOT, 'models'), WRITTEN, ...options.models.map((each) => resolve(each))]
  const args = [script, '--filter', options.filter, ...folders]
  const whole = options.opset.length === 0 && options.filter === ''
  return spawnSync(python, whole ? [...args, '--whole'] : args, {
    cwd: ROOT,
    stdio: 'inherit',
    // Nothing is left in the repository.
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  }).status
}

async function main() {
  const python = findPython()
  if (python === undefined) {
    console.error(`${NAME}: ${options['if-python'] ? `skipped (${NO_PYTHON})` : NO_PYTHON}`)
    return options['if-python'] ? 0 : 1
  }
  if (options.keep && !existsSync(WRITTEN)) {
    throw new Error(`--keep: nothing was written yet, expected a run without it first`)
  }
  const requirements = join(ROOT, 'tools', 'test-onnx', 'requirements.txt')
  const own = environment(join(CACHE, 'venv'), { requirements, python })
  if (!options.keep && !(await write())) return 1
  return check(own) ?? 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`${NAME}: ${error.message}`)
  process.exitCode = 1
}
