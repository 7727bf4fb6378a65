// tfjs-node in a folder of its own: it needs an old Node and a library that its install script downloads.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ROOT } from '../setup.mjs'

const NAME = '@tensorflow/tfjs-node'
const FOLDER = join(ROOT, 'node_modules', '.cache', 'anyvae', 'tfjs-node')
const PACKAGE = {
  private: true,
  dependencies: { [NAME]: '4.22.0' },
  // An npm that asks before it runs install scripts is answered.
  allowScripts: { [NAME]: true },
}
/** Calls what later Nodes lack. */
const LATEST_NODE = 22
const MOST_SECONDS = 120

/**
 * Installs tfjs-node where that has not been tried.
 *
 * @returns why it cannot be used; undefined where it can
 */
export function tfjsNodeReason() {
  const { node, modules } = process.versions
  if (Number(node.split('.')[0]) > LATEST_NODE) return `needs Node before 23, got ${node}`
  const wanted = JSON.stringify({ ...PACKAGE, modules })
  const stamp = join(FOLDER, 'tried.json')
  const tried = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : {}
  if (tried.wanted === wanted) return tried.reason
  console.error(`Installing ${NAME}, once, in ${FOLDER} ...`)
  const reason = installed()
  writeFileSync(stamp, JSON.stringify({ wanted, reason }))
  return reason
}

/** Its module, where it can be used, and its version. */
export function tfjsNode() {
  const require = createRequire(join(FOLDER, 'package.json'))
  return { module: require(NAME), version: require(`${NAME}/package.json`).version }
}

function installed() {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, 'package.json'), JSON.stringify(PACKAGE))
  const failure =
    failureOf('npm', ['install', '--prefix', '.', '--no-audit', '--no-fund', '--loglevel=error']) ??
    // What was installed may still not load, as where the library's processor is another.
    failureOf(process.execPath, ['--eval', `require('${NAME}')`])
  return failure && `cannot be installed, got ${failure} (remove ${FOLDER} to try again)`
}

/** Why a command failed, in a line. */
function failureOf(command, args) {
  const { status, error, stderr } = spawnSync(command, args, {
    cwd: FOLDER,
    encoding: 'utf8',
    timeout: MOST_SECONDS * 1000,
    // npm is a batch file on Windows, which only a shell runs.
    shell: process.platform === 'win32' && command === 'npm',
  })
  if (status === 0) return undefined
  if (error?.code === 'ETIMEDOUT') return `no end after ${MOST_SECONDS} seconds`
  const lines = (stderr ?? '').split('\n').map((line) => line.replace(/^npm error\s*/i, '').trim())
  return lines.find((line) => /\bError\b.*:/.test(line)) ?? error?.message ?? `exit code ${status}`
}
