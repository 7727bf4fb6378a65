// Installs Chromium: Debian's and Ubuntu's package where that can be, else Playwright's download.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const isRoot = process.getuid?.() === 0

/** Ways to install, the first that applies first: each gives the reason where it has failed. */
export const INSTALLERS = [
  { name: 'apt-get install chromium', applies: hasApt, install: installPackage },
  { name: 'playwright-core install chromium', applies: () => true, install: download },
]

function hasApt() {
  if (!isRoot || process.platform !== 'linux') return false
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

/** Servers that cannot be reached are given up soon; another apt-get is waited for. */
const APT = [
  ['-o', 'Acquire::Retries=1'],
  ['-o', 'Acquire::http::Timeout=20'],
  ['-o', 'DPkg::Lock::Timeout=600'],
].flat()

function installPackage() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const update = show('apt-get', ['update', ...APT], { env })
  if (update !== undefined) return update
  return show('apt-get', ['install', '-y', '--no-install-recommends', ...APT, 'chromium'], { env })
}

function download() {
  const entry = createRequire(import.meta.url).resolve('playwright-core')
  const command = join(dirname(entry), 'cli.js')
  // The libraries that it needs are packages, which only root installs.
  const libraries = isRoot && process.platform === 'linux' ? ['--with-deps'] : []
  return show(process.execPath, [command, 'install', ...libraries, 'chromium'])
}

/** Runs a command whose output is progress; undefined where it went well, else the reason. */
function show(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: ['ignore', 2, 2], timeout: 900_000, ...options })
  if (result.status === 0) return undefined
  return result.error?.message ?? `${result.signal ?? `exit code ${result.status}`}`
}
