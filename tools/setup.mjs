// Makes a fresh clone ready: installs and builds where that is needed. Needs nothing but Node.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** Runs a command in the repository's root and ends the process where it fails. */
export function run(command, args, options = {}) {
  // npm is a batch file on Windows, which only a shell runs.
  const shell = process.platform === 'win32' && command === 'npm'
  const result = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', shell, ...options })
  if (result.status !== 0) {
    const reason = result.error?.message ?? result.signal ?? `exit code ${result.status}`
    console.error(`${command} ${args.join(' ')}: failed, got ${reason}`)
    process.exit(result.status || 1)
  }
}

/** Installs dependencies where they are missing or not those of the lockfile. */
export function install() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node.js: too old, got ${process.versions.node}, expected 20.19 or later`)
    process.exit(1)
  }
  const installed = join(ROOT, 'node_modules', '.anyvae-installed')
  const lockfile = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lockfile) {
    return
  }
  console.error('Installing dependencies (npm ci) ...')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

/** Builds what has changed since it was built last. */
export function build() {
  const nx = join(ROOT, 'node_modules', 'nx', 'dist', 'bin', 'nx.js')
  console.error('Building (what has not changed comes from the cache) ...')
  const options = { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...NX_SETTINGS } }
  const result = spawnSync(process.execPath, [nx, 'run-many', '-t', 'build'], options)
  if (result.status !== 0) {
    console.error(`${result.stdout ?? ''}${result.stderr ?? ''}build: failed, see above`)
    process.exit(1)
  }
}

/** No server left behind, no question asked, no cloud. */
const NX_SETTINGS = {
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_INTERACTIVE: 'false',
  NX_TUI: 'false',
}

/** Set for what runs beside others that use what is built: a build would take it from under them. */
export const READY = { ANYVAE_READY: '1' }

/** Installs and builds, unless whoever calls has done so. */
export function setup() {
  if (process.env.ANYVAE_READY === READY.ANYVAE_READY) return
  install()
  build()
}
