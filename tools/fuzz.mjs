// npm run fuzz: mutated inputs for every parser of bytes or text from outside.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { install, ROOT } from './setup.mjs'
import { temporaryFolder } from './temporary.mjs'
import { optionsOf, refuseUsage, wholeOf } from './usage.mjs'

const NAME = 'fuzz'

const USAGE = `npm run fuzz -- [options]

Gives mutated inputs to every parser of bytes or text from outside. Each must be accepted or refused with
the package's own error, within bounds of time and memory; anything else is a finding and is kept for
replay. Fails where there is one.

  --target <name>   only this one; may be repeated
  --inputs <n>      of each target (default: 100000)
  --seed <n>        other inputs (default: 1)
  --replay <file>   run one input again; takes one --target
  --out <folder>    where inputs with a finding are kept (default: tmp/fuzz)`

const SOURCE = join(ROOT, 'test', 'fuzz')
const REQUIRE = `import { createRequire as makeRequire } from 'node:module'
const require = makeRequire(import.meta.url)`

/** Bundles the parent's and the child's code from the sources as they are. */
async function bundle(folder) {
  const build = await rolldown({
    input: { main: join(SOURCE, 'main.ts'), child: join(SOURCE, 'child.ts') },
    platform: 'node',
    external: [/^node:/, /^onnxruntime-node/, /^sharp/, /^fflate/],
    resolve: {
      // Once for all who import it, since its kernels register there.
      alias: {
        '@tensorflow/tfjs-core$': join(ROOT, 'node_modules/@tensorflow/tfjs-core/dist/index.js'),
      },
      conditionNames: ['@anyvae/source', 'import', 'node', 'default'],
      extensionAlias: { '.js': ['.ts', '.js'] },
      mainFields: ['module', 'main'],
    },
    logLevel: 'silent',
  })
  const output = { dir: folder, format: 'esm', entryFileNames: '[name].js', banner: REQUIRE }
  await build.write(output)
  await build.close()
}

function options() {
  const values = optionsOf(NAME, {
    usage: USAGE,
    options: {
      target: { type: 'string', multiple: true, default: [] },
      inputs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      replay: { type: 'string' },
      out: { type: 'string', default: join(ROOT, 'tmp', 'fuzz') },
    },
  })
  if (values.replay !== undefined && values.target.length !== 1) {
    refuseUsage(NAME, `--replay: got ${values.target.length} targets, expected one --target`)
  }
  const most = Number.MAX_SAFE_INTEGER
  return {
    names: values.target,
    inputs: wholeOf(NAME, 'inputs', { text: values.inputs }),
    seed: wholeOf(NAME, 'seed', { text: values.seed, least: 0, most }),
    findings: resolve(values.out),
    ...(values.replay !== undefined && { replay: resolve(values.replay), inputs: 1 }),
  }
}

const asked = options()
install()
const cache = join(ROOT, 'node_modules', '.cache')
mkdirSync(cache, { recursive: true })
const folder = temporaryFolder('fuzz-', cache)
await bundle(folder)
// A process of its own, since children begin with the highest memory that their parent ever had.
const order = JSON.stringify({ ...asked, script: join(folder, 'child.js') })
const { status } = spawnSync(process.execPath, [join(folder, 'main.js'), order], {
  stdio: 'inherit',
})
process.exitCode = status ?? 1
