// The benchmark's page: built, and served with the headers that threads need.
import { createReadStream, existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

/** Builds the page into a folder, from the packages' sources. */
export async function buildPage(folder) {
  const { build } = await import('vite')
  await build({
    root: join(HERE, 'page'),
    configFile: false,
    logLevel: 'warn',
    base: './',
    resolve: {
      conditions: [
        '@anyvae/source',
        'onnxruntime-web-use-extern-wasm',
        'module',
        'browser',
        'production',
      ],
    },
    build: { outDir: folder, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 10_000 },
  })
  await copyFiles('@tensorflow/tfjs-backend-wasm', 'dist', join(folder, 'tfjs'))
  await copyFiles('onnxruntime-web', 'dist', join(folder, 'ort'))
}

async function copyFiles(name, folder, to) {
  const path = createRequire(import.meta.url)
    .resolve.paths(name)
    .map((each) => join(each, name, folder))
  await cp(path.find(existsSync), to, { recursive: true, filter: (file) => !file.endsWith('.map') })
}

/** Serves a folder on this machine alone, cross-origin isolated or not. */
export async function serve(folder, { isolated }) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const file = join(folder, pathname === '/' ? 'index.html' : pathname)
    if (!existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      ...(isolated && {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      }),
    })
    createReadStream(file).pipe(response)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }
}
