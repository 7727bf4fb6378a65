// npm test: sets up a fresh clone, then runs all tests, or those that are named.
import { join } from 'node:path'
import { READY, ROOT, run, setup } from './setup.mjs'

setup()
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
const env = { ...process.env, ...READY }
run(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { env })
