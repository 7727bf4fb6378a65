// The script that writes the models, made from the sources as they are.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { ROOT } from '../setup.mjs'

const REQUIRE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);"

/** Bundles the writer and the given sources, by name; gives the writer's path and theirs. */
export async function bundleWriter(folder, sources) {
  rmSync(folder, { recursive: true, force: true })
  const extra = Object.fromEntries(sources.map(([name, file]) => [`exported-${name}`, file]))
  const build = await rolldown({
    input: { write: join(ROOT, 'tools', 'test-onnx', 'write.mjs'), ...extra },
    platform: 'node',
    external: [/^node:/, /^onnxruntime-node/, /^sharp/],
    resolve: {
      // Once for all who import it, since its kernels register there.
      alias: {
        '@tensorflow/tfjs-core$': join(
          ROOT,
          'node_modules',
          '@tensorflow',
          'tfjs-core',
          'dist',
          'index.js',
        ),
      },
      conditionNames: ['@anyvae/source', 'import', 'node', 'default'],
      extensionAlias: { '.js': ['.ts', '.js'] },
      mainFields: ['module', 'main'],
    },
    treeshake: false,
    logLevel: 'silent',
  })
  await build.write({ dir: folder, format: 'esm', entryFileNames: '[name].js', banner: REQUIRE })
  return ['write', ...Object.keys(extra)].map((name) => join(folder, `${name}.js`))
}
