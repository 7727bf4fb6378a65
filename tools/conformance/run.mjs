// Runs the bundled specs in a process of their own and reads what became of each.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../setup.mjs'

/** What the specs are run with. */
function environment(file, { filter, opset, optimize }) {
  return {
    ...process.env,
    CONFORMANCE_RESULTS: file,
    CONFORMANCE_FILTER: filter.join('\n'),
    CONFORMANCE_OPSET: opset,
    CONFORMANCE_OPTIMIZE: optimize ? '1' : '0',
  }
}

/**
 * The specs that ran, each with its name, its status (passed, failed or pending) and its messages.
 * A name that comes again is told apart by a number.
 */
export function runSpecs(folder, options) {
  const file = join(folder, 'results.jsonl')
  const { status, signal, stderr } = spawnSync(process.execPath, [join(folder, 'main.js')], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 2 ** 28,
    env: environment(file, options),
  })
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const lines = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  if (status !== 0) {
    const last = lines.findLast((line) => line.started)?.started
    const where = last === undefined ? 'before the first spec' : `in '${last}'`
    throw new Error(`the run broke off ${where}, got ${signal ?? `exit code ${status}`}\n${stderr}`)
  }
  return numbered(lines.filter((line) => line.name && line.status !== 'excluded'))
}

function numbered(specs) {
  const seen = new Map()
  return specs.map((spec) => {
    const name = spec.name.replace(/ onnx \{\}/g, '')
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return { ...spec, name: count === 1 ? name : `${name} (${count})` }
  })
}
