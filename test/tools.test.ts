// The repository's scripts: help, and wrong usage in one line with exit code 2.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

function run(line: string, env: Readonly<Record<string, string>> = {}) {
  const [script = '', ...args] = line.split(' ')
  const path = fileURLToPath(new URL(`../tools/${script}`, import.meta.url))
  const options = { encoding: 'utf8', env: { ...process.env, ...env } } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], options)
  return { status, stdout, stderr }
}

const SCRIPTS = [
  'bench-page/run.mjs',
  'bench-scaling/run.mjs',
  'bench-training/run.mjs',
  'conformance.mjs',
  'coverage.mjs',
  'peers/nodes.mjs',
  'test-onnx/run.mjs',
]

describe.each(SCRIPTS)('tools/%s', (script) => {
  it('has help', () => {
    const { status, stdout, stderr } = run(`${script} --help`)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^(npm run|node tools)/)
  })

  it('refuses what it does not know', () => {
    const { status, stdout, stderr } = run(`${script} --bogus`)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^[a-z:]+: Unknown option '--bogus', expected .*--help\n$/)
  })
})

it.each([
  ['conformance.mjs --opset 99', "conformance: --opset: unknown, got '99', expected 13 to 21"],
  ['conformance.mjs --opset abc', "conformance: --opset: unknown, got 'abc', expected 13 to 21"],
  ['conformance.mjs --update --filter a', 'conformance: --update: not with --filter'],
  ['bench-scaling/run.mjs --counts 10,20', "bench:scaling: --counts: got '10', expected a whole"],
  [
    'bench-scaling/run.mjs --out a.gif',
    "bench:scaling: --out: unknown ending, got 'a.gif', expected",
  ],
  ['bench-page/run.mjs --seconds 0', "bench:page: --seconds: got '0', expected a number above 0"],
  ['bench-training/run.mjs --networks cnn', "--networks: unknown, got 'cnn', expected mlp"],
  ['bench-training/run.mjs --rounds 0', "bench:training: --rounds: got '0', expected a whole"],
  ['test-onnx/run.mjs --opset 12', "test:onnx: --opset: unknown, got '12', expected 13 to 21"],
  ['test-onnx/run.mjs --models /nowhere', "test:onnx: --models: no such folder, got '/nowhere'"],
])('%s', (line, message) => {
  const { status, stderr } = run(line)
  expect(status).toBe(2)
  expect(stderr).toContain(message)
  expect(stderr.trimEnd()).not.toContain('\n')
})

it('refuses a Python that cannot be used, where there may be none too', () => {
  const { status, stderr } = run('test-onnx/run.mjs --if-python', { PYTHON: '/nowhere' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^test:onnx: PYTHON: cannot be used, got '\/nowhere' .*\n$/)
})

it.each([
  ['--dir /nowhere', "--dir: cannot be written to, got '/nowhere' (ENOENT)"],
  ['--out /dev/null/plot.svg', "--out: cannot be written to, got '/dev/null/plot.svg' (EEXIST)"],
])('bench-scaling/run.mjs %s', (line, message) => {
  const { status, stderr } = run(`bench-scaling/run.mjs ${line}`)
  expect({ status, stderr }).toEqual({ status: 1, stderr: `bench:scaling: ${message}\n` })
})
