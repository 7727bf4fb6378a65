// A virtual environment of Python for comparisons with tools that are written in it.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../setup.mjs'

const LEAST = [3, 10]

/** The interpreter of an environment with the packages of a requirements file; made where it is missing. */
export function pythonWith(name, requirements) {
  const folder = join(ROOT, 'node_modules', '.cache', 'anyvae', name)
  const python = interpreter(folder)
  const mark = join(folder, 'installed.txt')
  const wanted = readFileSync(requirements, 'utf8')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return python
  mkdirSync(dirname(folder), { recursive: true })
  check([hostPython(), '-m', 'venv', '--clear', folder])
  console.error('Installing Python packages, once (PyTorch with its libraries may be 3 GB) ...')
  check([python, '-m', 'pip', 'install', '--quiet', '--requirement', requirements])
  writeFileSync(mark, wanted)
  return python
}

/** What a command prints; where it fails, the process ends with what it said. */
export function check([command, ...args]) {
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 }
  const result = spawnSync(command, args, options)
  if (result.status === 0) return result.stdout
  const reason = result.error?.message ?? result.stderr.trim().split('\n').slice(-5).join('\n')
  return fail(`${[command, ...args].join(' ')}: failed, got ${reason}`)
}

function interpreter(folder) {
  return process.platform === 'win32'
    ? join(folder, 'Scripts', 'python.exe')
    : join(folder, 'bin', 'python')
}

/** The first Python on the PATH that is new enough, or that PYTHON names. */
function hostPython() {
  const names = process.env.PYTHON ? [process.env.PYTHON] : ['python3', 'python', 'py']
  const found = names.map((name) => ({ name, version: versionOf(name) }))
  const usable = found.find(({ version }) => version && isEnough(version))
  if (usable) return usable.name
  const got = found.map(({ name, version }) => `${name} ${version?.join('.') ?? 'not found'}`)
  return fail(
    `python: none that can be used, got ${got.join(', ')}, expected ${LEAST.join('.')} or later on the PATH or in the variable PYTHON`,
  )
}

function versionOf(name) {
  const script = 'import sys, venv; print(*sys.version_info[:2])'
  const result = spawnSync(name, ['-c', script], { encoding: 'utf8' })
  return result.status === 0 ? result.stdout.trim().split(' ').map(Number) : undefined
}

function isEnough([major, minor]) {
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
