// npm run test:onnx: every exported file, by the measure of the Python onnx package.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../setup.mjs'
import { bundleWriter } from './bundle.mjs'
import { findPython, prepare } from './venv.mjs'

const HELP = `npm run test:onnx [-- options]

Checks every exported file with the Python onnx package: its checker, strict shape inference and the
values of its reference evaluator. The files: the bundles in models/, the exporter's op cases and the
builder's operators at every opset, whole models, and those in folders that are named.

  --opset N      only this opset of op cases; may be repeated (default all, 13 to 21)
  --filter TEXT  only files whose path contains the text
  --models DIR   further models, in the layout of ONNX's backend tests; may be repeated
  --if-python    where there is no Python, say so and succeed
  --keep         check the files of the last run again, without writing them anew`

const { values: options } = parseArgs({
  options: {
    opset: { type: 'string', multiple: true, default: [] },
    filter: { type: 'string', default: '' },
    models: { type: 'string', multiple: true, default: [] },
    'if-python': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const CACHE = join(ROOT, 'node_modules', '.cache', 'test-onnx')
const WRITTEN = join(CACHE, 'models')

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
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const python = findPython()
  if (python === undefined) {
    const message = 'python3: not found, got none, expected Python 3.10 or later'
    console.error(options['if-python'] ? `test:onnx: skipped (${message})` : message)
    return options['if-python'] ? 0 : 1
  }
  const own = prepare(join(CACHE, 'venv'), python)
  if (!options.keep && !(await write())) return 1
  return check(own) ?? 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
