// Builds the page that tests drive, as a bundler would for a user, but from the sources.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Without onnxruntime's inlined copies: its wasm files are served as they are. */
const conditions = ['@anyvae/source', 'onnxruntime-web-use-extern-wasm', 'import', 'browser']

const HTML = `<!doctype html>
<meta charset="utf-8" />
<title>anyvae</title>
<link rel="icon" href="data:," />
<script type="module" src="/page.js"></script>
`

/** Writes index.html, page.js, worker.js and what they import into a folder. */
export async function buildPages(folder: string): Promise<void> {
  await build({
    input: {
      page: join(ROOT, 'test/browser/page/page.ts'),
      worker: '@anyvae/runtime-web/worker',
    },
    cwd: ROOT,
    platform: 'browser',
    logLevel: 'warn',
    // The page has all names at hand, so that nothing of the package is left to load later.
    checks: { ineffectiveDynamicImport: false },
    resolve: {
      conditionNames: [...conditions, 'default'],
      extensionAlias: { '.js': ['.ts', '.js'] },
    },
    output: { dir: folder, format: 'esm', minify: true },
  })
  await writeFile(join(folder, 'index.html'), HTML)
}
