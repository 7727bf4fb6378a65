// The script that writes the models, made from the sources as they are.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { ROOT } from '../setup.mjs'

const REQUIRE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);"

/** Bundles the writer and gives its path. */
export async function bundleWriter(folder) {
  rmSync(folder, { recursive: true, force: true })
  const build = await rolldown({
    input: { write: join(ROOT, 'tools', 'test-onnx', 'write.mjs') },
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
  return join(folder, 'write.js')
}
