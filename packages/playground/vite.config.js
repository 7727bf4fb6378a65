// Builds and serves the page, from the packages' sources.
import { defineConfig } from 'vite'

/** What threads need: without these a page computes on one. */
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

export default defineConfig({
  // Relative, so that the folder can lie anywhere.
  base: './',
  resolve: { conditions: ['@anyvae/source', 'module', 'browser', 'development|production'] },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  build: { target: 'es2023', chunkSizeWarningLimit: 2000, assetsInlineLimit: 0 },
  server: { headers },
  preview: { headers },
})
