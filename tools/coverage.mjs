// node tools/coverage.mjs: writes the table of what can be exported into the exporter's README.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { ROOT } from './setup.mjs'
import { optionsOf } from './usage.mjs'

const USAGE = `node tools/coverage.mjs

Writes the table of kernels and layers that can be exported into packages/exporter/README.md.`

optionsOf('coverage', { usage: USAGE, options: {} })

const EXPORTER = join(ROOT, 'packages', 'exporter')
const README = join(EXPORTER, 'README.md')

/** Bundles the sources that make the table, so that Node can load them, and loads them. */
async function load(folder) {
  const file = join(folder, 'coverage.mjs')
  const build = await rolldown({
    input: join(EXPORTER, 'src', 'testing', 'coverage.ts'),
    platform: 'node',
    external: [/^node:/, /^@tensorflow\//, /^protobufjs/],
    resolve: {
      conditionNames: ['@anyvae/source', 'import', 'node', 'default'],
      extensionAlias: { '.js': ['.ts', '.js'] },
    },
  })
  await build.write({ file, format: 'esm' })
  await build.close()
  return import(pathToFileURL(file).href)
}

const cache = join(ROOT, 'node_modules', '.cache')
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, 'coverage-'))
try {
  const { withCoverage } = await load(folder)
  writeFileSync(README, withCoverage(readFileSync(README, 'utf8')))
  console.log(`${README}: written`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
