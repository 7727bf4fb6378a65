// Every command that writes, with paths that lead elsewhere, to nothing or to something else: nothing of
// the user's is lost, and what is refused is refused in the packages' own words and leaves nothing.
import { execFileSync } from 'node:child_process'
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { endingOf, runInProcess } from './command.js'

const HERE = process.cwd()
const MODEL = {
  format: 'graph-model',
  modelTopology: {
    node: [
      {
        name: 'x',
        op: 'Placeholder',
        attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [{ size: '2' }] } } },
      },
      { name: 'y', op: 'Relu', input: ['x'], attr: { T: { type: 'DT_FLOAT' } } },
    ],
    versions: { producer: 1 },
  },
  weightsManifest: [],
}

let base: string
let at: (name: string) => string
beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'anyvae-outputs-')))
  at = (name) => join(base, name)
  await writeFile(at('model.json'), JSON.stringify(MODEL))
  for (const argv of [
    [...TRAIN, '--out', at('run')],
    ['export', at('run'), '--out', at('bundle')],
  ]) {
    const { exitCode, stderr } = await runInProcess(argv)
    if (exitCode !== 0) throw new Error(stderr)
  }
})
afterAll(() => rm(base, { recursive: true, force: true }))

const TRAIN = 'train --data glyphs:40 --hidden 4 --latent 2 --batch 20 --epochs 1'.split(' ')

/** The commands up to the path that they write to, and that path's ending. */
const COMMANDS: readonly (readonly [name: string, ending: string, argv: () => string[]])[] = [
  ['sample', '.png', () => ['sample', at('bundle'), '--count', '1']],
  ['sample', '.npy', () => ['sample', at('bundle'), '--count', '1']],
  [
    'reconstruct',
    '.png',
    () => ['reconstruct', at('bundle'), '--data', 'glyphs:5', '--limit', '1'],
  ],
  ['manifold', '.png', () => ['manifold', at('bundle'), '--size', '2']],
  ['convert', '.onnx', () => ['convert', at('model.json'), '--no-verify']],
  ['export', '', () => ['export', at('run')]],
  ['export --force', '', () => ['export', at('run'), '--force']],
  ['train', '', () => TRAIN],
]

/** Paths that nothing can be written to, within a folder that the command works in. */
const REFUSED: readonly (readonly [what: string, path: (ending: string) => string])[] = [
  ['nothing', () => ''],
  ['a space', () => ' '],
  ['the working folder', () => '.'],
  ['the folder around it', () => '..'],
  ['that folder by another way', () => '../work'],
  ['a NUL', (ending) => `a\0b${ending}`],
  ['a name of 300 letters', (ending) => `new/${'x'.repeat(300)}${ending}`],
  ['a path of 6,000 letters', (ending) => `${'x/'.repeat(3000)}a${ending}`],
  ['a path through a file', (ending) => `precious/a${ending}`],
  ['a path through a loop of links', (ending) => `loop/a${ending}`],
  ['a folder', (ending) => `folder${ending}`],
  ['a place in /proc', (ending) => `/proc/anyvae/a${ending}`],
]

describe.skipIf(process.platform === 'win32').each(COMMANDS)(
  '%s to a name that ends in "%s"',
  (...row) => {
    const [, ending, argv] = row
    let work: string
    beforeEach(async () => {
      work = at('work')
      await mkdir(join(work, `folder${ending}`), { recursive: true })
      await writeFile(join(work, 'precious'), 'dear')
      await writeFile(join(work, `folder${ending}`, 'precious'), 'dear')
      await symlink(join(work, 'loop'), join(work, 'loop'))
      process.chdir(work)
    })
    afterEach(async () => {
      process.chdir(HERE)
      await rm(work, { recursive: true, force: true })
    })

    const contents = async () => ({
      names: (await readdir(work, { recursive: true })).sort(),
      around: (await readdir(base)).sort(),
      precious: await readFile(join(work, 'precious'), 'utf8'),
      inFolder: await readFile(join(work, `folder${ending}`, 'precious'), 'utf8'),
    })

    it.each(REFUSED)('refuses %s and leaves all as it was', async (_, path) => {
      const before = await contents()
      expect(await endingOf([...argv(), '--out', path(ending)])).toBe('refused')
      expect(await contents()).toEqual(before)
    })

    it('leaves alone what a link leads to', async () => {
      await symlink(join(work, 'precious'), join(work, `link${ending}`))
      await symlink(join(work, 'precious'), join(work, `link${ending}.tmp`))
      await endingOf([...argv(), '--out', `link${ending}`])
      expect(await contents()).toMatchObject({ precious: 'dear', inFolder: 'dear' })
    })

    it('waits for no pipe', async () => {
      execFileSync('mkfifo', [join(work, `pipe${ending}`), join(work, `pipe${ending}.tmp`)])
      expect(await endingOf([...argv(), '--out', `pipe${ending}`])).toMatch(/^(done|refused)$/)
    })
  },
)
