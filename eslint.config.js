// Lint rules: types are taken seriously, and a package imports only what design and package.json name.
import js from '@eslint/js'
import nodePlugin from 'eslint-plugin-n'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const publicEntries = [
  { regex: '^@anyvae/[^/]+/(src|dist)', message: 'Import a package by its public entries.' },
  { regex: 'packages/|^(\\.\\./)+[^/.]+/src/', message: 'Import a package by its name.' },
]
const noFiles = { regex: '^node:', message: 'Files, processes and screen belong at ./node.' }

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '.nx/', 'packages/onnx/src/proto/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { n: nodePlugin },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
      'no-restricted-imports': ['error', { patterns: publicEntries }],
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { 'n/no-extraneous-import': 'error' },
  },
  {
    files: [
      'packages/{random,onnx,exporter,runtime,runtime-web,trainer,bundle,images,playground}/src/**/*.ts',
    ],
    ignores: ['**/*.test.ts', '**/testing/**', '**/src/node.ts', '**/src/node/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [...publicEntries, noFiles] }] },
  },
  {
    files: ['vitest.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: globals.node },
  },
)
