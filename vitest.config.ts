// Test settings for every package and for test/: real sources, never stale builds.
import { defineConfig } from 'vitest/config'

const conditions = ['@anyvae/source']

/** Tests in Chromium, which is found or installed before the first of them. */
const browser = ['test/{browser,starts}/**/*.test.ts']

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    // Tests that load onnxruntime-node by themselves do not pass by our switch.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', '**/src/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', ...browser],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          globalSetup: 'test/browser/setup.ts',
          // WebGPU in software takes its time on a busy machine.
          testTimeout: 300_000,
        },
      },
    ],
  },
})
