// What npm would publish: packed, installed into an empty project, and used there as the READMEs say.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { decodePng } from '@anyvae/images'
import { beforeAll, describe, expect, it } from 'vitest'
import { ROOT, startProgram, succeed, temporaryFolder } from './command.js'
import { install, npm } from './npm.js'

interface Published {
  readonly name: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, unknown>>
}

const packages = readdirSync(join(ROOT, 'packages'))
  .map((folder) => join(ROOT, 'packages', folder, 'package.json'))
  .filter((path) => existsSync(path))
  .map((path) => JSON.parse(readFileSync(path, 'utf8')) as Published)
  .filter((content) => content.private !== true)

/** What a package's users import: `@anyvae/images`, `@anyvae/images/node` and so on; no workers. */
const entries = packages
  .flatMap(({ name, exports }) => Object.keys(exports).map((path) => name + path.slice(1)))
  .filter((entry) => !/\/worker(\.min\.js)?$/.test(entry))

/** What pages import, and what of it Node has no types for. */
const forPages = ['@anyvae/runtime', '@anyvae/runtime-web']
const forNode = entries.filter((entry) => entry !== '@anyvae/runtime-web')

/** Pieces of code that load a bundle, from the READMEs. */
const snippets = ['README.md', 'packages/runtime-node/README.md'].flatMap((path) => {
  const blocks = readFileSync(join(ROOT, path), 'utf8').matchAll(/```(?:ts|js)\n([^`]*)```/g)
  const codes = [...blocks].map(([, code = '']) => code).filter((code) => code.includes('loadVae('))
  return codes.map((code) => ({ path, code }))
})

const base = await temporaryFolder()
const project = join(base, 'project')
const NO_REGISTRY = 'the npm registry cannot be reached from here'
let installed = false

beforeAll(async () => {
  await mkdir(project)
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  const packed = ['pack', '--workspaces', '--pack-destination', base]
  const { exitCode, stderr } = await npm(ROOT, 'npm', packed)
  if (exitCode !== 0) throw new Error(`npm pack: failed\n${stderr}`)
  const tarballs = readdirSync(base).filter((name) => name.endsWith('.tgz'))
  installed = await install(
    project,
    tarballs.map((name) => join('..', name)),
  )
  if (!installed) console.log(`packed: skipped, since ${NO_REGISTRY}`)
}, 300_000)

/** The bundle that a snippet loads: the one that is shipped, else one of a moment's training. */
async function provideBundle(code: string): Promise<void> {
  const [, path] = /loadVae\('([^']+)'\)/.exec(code) ?? []
  if (path === undefined) throw new Error(`README: no loadVae with a folder, got ${code}`)
  const shipped = join(ROOT, path)
  const source = existsSync(shipped) ? shipped : join(base, 'bundle')
  if (!existsSync(source)) {
    await succeed(base, 'train --data glyphs:100 --latent 2 --hidden 8 --epochs 1 --out run')
    await succeed(base, 'export run --out bundle')
  }
  await cp(source, join(project, path), { recursive: true })
}

describe.each(packages)('$name', ({ name }) => {
  const folder = join(project, 'node_modules', name)
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) =>
      path.replaceAll('\\', '/'),
    )

  it('holds what its users need', ({ skip }) => {
    skip(!installed, NO_REGISTRY)
    const needed = ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']
    expect(needed.filter((path) => !files().includes(path))).toEqual([])
  })

  it('holds no tests', ({ skip }) => {
    skip(!installed, NO_REGISTRY)
    expect(files().filter((path) => /\.test\.|fixture|\btesting\b|tsbuildinfo/.test(path))).toEqual(
      [],
    )
  })

  it('has source maps that lead to sources', ({ skip }) => {
    skip(!installed, NO_REGISTRY)
    const maps = files().filter((path) => path.endsWith('.map'))
    const lost = maps.filter((path) => {
      const { sources } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as SourceMap
      return sources.some((source) => !existsSync(join(folder, dirname(path), source)))
    })
    expect([maps.length > 0, lost]).toEqual([true, []])
  })
})

interface SourceMap {
  readonly sources: readonly string[]
}

describe('an empty project', () => {
  it.for(snippets)('runs the lines of $path', async ({ code }, { skip }) => {
    skip(!installed, NO_REGISTRY)
    await provideBundle(code)
    const shown = '\nprocess.stderr.write(JSON.stringify([shape, data.length]))\n'
    await writeFile(join(project, 'lines.mjs'), code + shown)
    const ran = await startProgram(process.execPath, ['lines.mjs'], { cwd: project }).ended
    expect(ran.exitCode, ran.stderr).toBe(0)
    const [shape, length] = JSON.parse(ran.stderr) as [number[], number]
    expect(shape.slice(1)).toEqual([1, 28, 28])
    expect(length).toBe(shape.reduce((product, size) => product * size))
  })

  it('imports every entry', async ({ skip }) => {
    skip(!installed, NO_REGISTRY)
    const lines = entries.map(
      (entry) => `console.log(Object.keys(await import('${entry}')).length)`,
    )
    await writeFile(join(project, 'imports.mjs'), lines.join('\n'))
    const ran = await startProgram(process.execPath, ['imports.mjs'], { cwd: project }).ended
    expect([ran.exitCode, ran.stderr]).toEqual([0, ''])
    expect(
      ran.stdout
        .trim()
        .split('\n')
        .map(Number)
        .filter((count) => count > 0),
    ).toHaveLength(entries.length)
  })

  it('runs npx anyvae', async ({ skip }) => {
    skip(!installed, NO_REGISTRY)
    await provideBundle("loadVae('bundle')")
    const version = await npm(project, 'npx', ['anyvae', '--version'])
    expect([version.exitCode, version.stdout]).toEqual([0, '0.1.0\n'])
    const args = ['anyvae', 'sample', 'bundle', '--count', '4', '--out', 'made.png']
    const ran = await npm(project, 'npx', args)
    expect([ran.exitCode, ran.stdout]).toEqual([0, 'wrote 4 samples to made.png\n'])
    expect(decodePng(readFileSync(join(project, 'made.png'))).width).toBeGreaterThan(56)
    const training = 'anyvae train --data glyphs:60 --hidden 8 --epochs 1 --out run'
    expect((await npm(project, 'npx', training.split(' '))).exitCode).toBe(0)
  })

  it.for([
    { users: 'Node', types: ['node'], lib: ['ES2023'], module: 'NodeNext', imports: forNode },
    { users: 'pages', types: [], lib: ['ES2023', 'DOM'], module: 'NodeNext', imports: forPages },
    { users: 'bundlers', types: [], lib: ['ES2023', 'DOM'], module: 'Preserve', imports: forPages },
  ])('type-checks strictly for $users', async ({ types, lib, module, imports }, { skip }) => {
    skip(!installed, NO_REGISTRY)
    const exported = imports.map((entry, i) => `export * as e${i} from '${entry}'\n`).join('')
    const files = types.length > 0 ? [exported, ...snippets.map(({ code }) => code)] : [exported]
    const names = files.map((_, i) => `types${i}.ts`)
    await Promise.all(files.map((code, i) => writeFile(join(project, `types${i}.ts`), code)))
    expect(await complaintsOfTypes(names, { types, lib, module })).toEqual([])
  })
})

/** What the compiler says of these files and of our declarations; others' are not ours to mend. */
async function complaintsOfTypes(files: readonly string[], settings: object): Promise<string[]> {
  const compilerOptions = {
    ...settings,
    target: 'ES2023',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    typeRoots: [join(ROOT, 'node_modules', '@types')],
  }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const { stdout } = await startProgram(process.execPath, [tsc, '-p', '.'], { cwd: project }).ended
  return stdout
    .split('\n')
    .filter((line) => /^(\w+\.ts|node_modules.(@anyvae|anyvae)\b)/.test(line))
}
