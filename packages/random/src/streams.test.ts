// Every stream that a package draws from is on the list, every one on the list is drawn from, and the README shows it.
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { streamTable, STREAMS } from './streams.js'

const PACKAGES = fileURLToPath(new URL('../..', import.meta.url))

/** Calls that name a stream: `randomStream(seed, 'noise')`, a template, or the runtime's `normals(seed, name, n)`. */
const CALLS =
  /\b(?:randomStream|fastNormals|drawNormals|normals)\(\s*[^,()]+,\s*(?:'([^']+)'|`([^`]+)`)/g

/** `noise` of `trainer` as `trainer: noise`, whatever a template fills in as `<>`. */
function usesIn(owner: string): string[] {
  const source = join(PACKAGES, owner, 'src')
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ts$/.test(path) && !/\.test\.ts$/.test(path))
    .filter((path) => !path.split(sep).includes('testing'))
    .flatMap((path) => [...readFileSync(join(source, path), 'utf8').matchAll(CALLS)])
    .map(
      ([, plain, template = '']) => `${owner}: ${plain ?? template.replace(/\$\{[^}]*\}/g, '<>')}`,
    )
}

it('lists every stream that is drawn from, and no other', () => {
  const owners = readdirSync(PACKAGES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'random')
    .map((entry) => entry.name)
    .filter((name) => readdirSync(join(PACKAGES, name)).includes('src'))
  const used = new Set(owners.flatMap(usesIn))
  const listed = new Set(
    STREAMS.map(({ name, package: owner }) => `${owner}: ${name.replace(/<[^>]*>/g, '<>')}`),
  )
  expect([...used].sort()).toEqual([...listed].sort())
})

it('stands in the README', () => {
  const cells = (table: string) =>
    table
      .split('\n')
      .filter((line) => line.startsWith('|') && !/^[|\s-]+$/.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim()))
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, section = ''] = readme.split('## Streams\n')
  expect(cells(section.split('\n## ')[0] ?? '')).toEqual(cells(streamTable()))
})
