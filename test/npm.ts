// Runs npm as a user would, in a project of its own, and tells where there is no registry.
import { startProgram, type Ran } from './command.js'

/** As `npm test` runs this, its own settings stand in the environment: they are not the project's. */
const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))
const env = { ...Object.fromEntries(own), ONNXRUNTIME_NODE_INSTALL: 'skip' }
const shell = process.platform === 'win32'
const FIVE_MINUTES = 300_000

/** Runs `npm` or `npx` in a folder to its end. */
export function npm(folder: string, program: 'npm' | 'npx', args: readonly string[]): Promise<Ran> {
  return startProgram(program, args, { cwd: folder, env, shell, timeout: FIVE_MINUTES }).ended
}

const NO_NETWORK = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT)\b/

/** Installs packages; false where the registry cannot be reached. Throws where it fails otherwise. */
export async function install(folder: string, packages: readonly string[]): Promise<boolean> {
  const flags = [
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--fetch-retries=0',
    '--fetch-timeout=30000',
  ]
  const { exitCode, stderr } = await npm(folder, 'npm', ['install', ...flags, ...packages])
  if (exitCode === 0) return true
  if (NO_NETWORK.test(stderr)) return false
  throw new Error(`npm install: failed, got ${exitCode}, expected 0\n${stderr}`)
}
