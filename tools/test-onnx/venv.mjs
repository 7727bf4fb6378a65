// A Python environment of our own with the onnx package, set up once and kept.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REQUIREMENTS = join(dirname(fileURLToPath(import.meta.url)), 'requirements.txt')
const OLDEST = [3, 10]

/** The first Python that is new enough, or undefined; `PYTHON` names another one. */
export function findPython() {
  const names = [process.env.PYTHON, 'python3', 'python'].filter(Boolean)
  return names.find((name) => {
    const test = `import sys; sys.exit(sys.version_info < (${OLDEST.join(', ')}))`
    return spawnSync(name, ['-c', test], { stdio: 'ignore' }).status === 0
  })
}

/** The environment's Python, with what requirements.txt names. */
export function prepare(folder, python) {
  const [bin, suffix] = process.platform === 'win32' ? ['Scripts', '.exe'] : ['bin', '']
  const own = join(folder, bin, `python${suffix}`)
  const wanted = readFileSync(REQUIREMENTS, 'utf8')
  const stamp = join(folder, 'installed.txt')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && runs(own)) {
    return own
  }
  console.error(`Setting up Python packages in ${folder} ...`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(folder), { recursive: true })
  must(
    'virtual environment',
    python,
    ['-m', 'venv', folder],
    'expected Python with its venv module',
  )
  const options = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:']
  const install = ['-m', 'pip', 'install', ...options, '-r', REQUIREMENTS]
  must('pip', own, install, 'expected to reach PyPI (a network is needed at the first run)')
  writeFileSync(stamp, wanted)
  return own
}

function runs(python) {
  return spawnSync(python, ['-c', 'import onnx'], { stdio: 'ignore' }).status === 0
}

function must(what, command, args, expected) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) {
    const got = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').at(-1) || error?.message
    throw new Error(`${what}: failed, got ${got ?? `exit code ${status}`}, ${expected}`)
  }
}
