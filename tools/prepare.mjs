// Runs after an install: builds every package, so that `npx anyvae` works, and notes the lockfile.
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { build, ROOT } from './setup.mjs'

if (existsSync(join(ROOT, 'node_modules', 'nx'))) {
  build()
  const lockfile = join(ROOT, 'package-lock.json')
  copyFileSync(lockfile, join(ROOT, 'node_modules', '.anyvae-installed'))
} else {
  console.error(
    'anyvae: not built, since the development dependencies were left out of the install',
  )
}
