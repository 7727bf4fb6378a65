// Bundles the worker: with onnxruntime left for its host to find, and whole.
import { rmSync } from 'node:fs'
import { rolldown } from 'rolldown'

// For bundlers and for pages with an import map: what is left are the names of onnxruntime's builds.
await bundle('dist/worker.js', { external: /^onnxruntime-web\// })

// tsc's own, of a file that is no more.
rmSync('dist/worker.js.map')

// For everyone else: it finds onnxruntime's .mjs and .wasm beside itself, or where `wasmPaths` says.
await bundle('dist/worker.min.js', {
  resolve: { conditionNames: ['onnxruntime-web-use-extern-wasm', 'browser', 'import', 'default'] },
})

async function bundle(file, options) {
  const build = await rolldown({ input: 'dist/worker.js', platform: 'browser', ...options })
  await build.write({ file, format: 'esm', minify: true, codeSplitting: false })
  await build.close()
}
