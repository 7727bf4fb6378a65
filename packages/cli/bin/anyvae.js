#!/usr/bin/env node
// The `anyvae` command. Committed as it stands, so that npm can link it before anything is built.
import { existsSync } from 'node:fs'

const main = new URL('../dist/main.js', import.meta.url)
if (existsSync(main)) {
  const { runProcess } = await import(main.href)
  await runProcess()
} else {
  process.stderr.write('anyvae: not built yet: run `npm run build` in the repository\n')
  process.exitCode = 1
}
