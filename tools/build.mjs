// Builds the package in the current folder: JavaScript and declarations from src into a new dist.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './setup.mjs'

// tsc leaves the output of files that are no more.
rmSync('dist', { recursive: true, force: true })
const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { stdio: 'inherit' })
// Generated JavaScript, which tsc reads the declarations of and does not copy.
const generated = join('src', 'proto')
if (existsSync(generated)) {
  cpSync(generated, join('dist', 'proto'), { recursive: true })
}
process.exit(status ?? 1)
