// Python for tools that need it: a virtual environment with what a requirements file names, kept.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const OLDEST = [3, 10]

/**
 * The first Python on the PATH that is new enough, or undefined.
 *
 * @throws where the variable PYTHON names one that cannot be used
 */
export function findPython() {
  const named = process.env.PYTHON
  if (!named) return ['python3', 'python', 'py'].find((name) => isEnough(versionOf(name)))
  const version = versionOf(named)
  if (isEnough(version)) return named
  throw new Error(
    `PYTHON: cannot be used, got '${named}' (${version?.join('.') ?? 'does not run'}), expected Python ${OLDEST.join('.')} or later`,
  )
}

/** What is said where there is no Python. */
export const NO_PYTHON = `python3: not found, got none on the PATH, expected Python ${OLDEST.join('.')} or later there or in the variable PYTHON`

/** The interpreter of an environment in a folder, made anew where it lacks what the file names. */
export function environment(folder, { requirements, python, note = '' }) {
  const [bin, suffix] = process.platform === 'win32' ? ['Scripts', '.exe'] : ['bin', '']
  const own = join(folder, bin, `python${suffix}`)
  const wanted = readFileSync(requirements, 'utf8')
  const stamp = join(folder, 'installed.txt')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && versionOf(own)) return own
  console.error(`Installing Python packages, once, in ${folder}${note} ...`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(folder), { recursive: true })
  output([python, '-m', 'venv', folder], 'expected Python with its venv module')
  const options = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:']
  output(
    [own, '-m', 'pip', 'install', ...options, '--requirement', requirements],
    'expected to reach PyPI (a network is needed at the first run)',
  )
  writeFileSync(stamp, wanted)
  return own
}

/** What a command prints. Throws an error with the last line that it said where it fails. */
export function output([command, ...args], expected) {
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 }
  const { status, error, stdout, stderr } = spawnSync(command, args, options)
  if (status === 0) return stdout
  const said = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').at(-1)
  const got = error?.message ?? (said || `exit code ${status}`)
  throw new Error(`${[command, ...args].join(' ')}: failed, got ${got}, ${expected}`)
}

function versionOf(name) {
  const script = 'import sys, venv; print(*sys.version_info[:2])'
  const { status, stdout } = spawnSync(name, ['-c', script], { encoding: 'utf8' })
  return status === 0 ? stdout.trim().split(' ').map(Number) : undefined
}

function isEnough(version) {
  if (version === undefined) return false
  const [[major, minor], [least, of]] = [version, OLDEST]
  return major > least || (major === least && minor >= of)
}
