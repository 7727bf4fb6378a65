// Bundles tfjs-core's specs with the backend that they run on, so that Node can load them.
import { join } from 'node:path'
import { ROOT } from '../setup.mjs'

const SOURCE = join(ROOT, 'packages', 'exporter', 'src', 'testing', 'conformance')
const CORE = join(ROOT, 'node_modules', '@tensorflow', 'tfjs-core')
const REQUIRE = `import { createRequire as makeRequire } from 'node:module'
const require = makeRequire(import.meta.url)`

/** Writes main.js, with all specs and one tfjs-core, and worker.js to a folder. */
export async function bundle(folder) {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input: { main: join(SOURCE, 'main.ts'), worker: join(SOURCE, 'worker.ts') },
    platform: 'node',
    // The package says that it has no side effects, but its specs are nothing else.
    treeshake: false,
    external: [/^node:/, /^onnxruntime-node/, /^jasmine-core/],
    resolve: {
      alias: {
        '@tensorflow/tfjs-core/dist': join(CORE, 'dist'),
        '@tensorflow/tfjs-core': join(CORE, 'dist', 'index.js'),
      },
      conditionNames: ['@anyvae/source', 'import', 'node', 'default'],
      // The specs are ES modules whose imports lack extensions.
      extensionAlias: { '.js': ['.ts', '.js'] },
      mainFields: ['module', 'main'],
    },
    logLevel: 'silent',
  })
  const output = { dir: folder, format: 'esm', entryFileNames: '[name].js', banner: REQUIRE }
  await build.write(output)
  await build.close()
}
