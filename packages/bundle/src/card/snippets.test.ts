// The code of a model card runs as it stands, in JavaScript and, where there is ONNX Runtime for it, in Python.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseManifest } from '@anyvae/runtime'
import { modelCard } from './card.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const loader = new URL('../../../cli/src/testing/loader.mjs', import.meta.url).href

/** A Python that has ONNX Runtime: the one in the variable PYTHON, or the PATH's; undefined for none. */
function findPython(): string | undefined {
  const named = process.env['PYTHON'] ?? 'python3'
  const { status } = spawnSync(named, ['-c', 'import onnxruntime, numpy'])
  return status === 0 ? named : undefined
}

const python = findPython()
let folder = ''
let card = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-card-'))
  await cp(join(root, 'models', 'mnist-conv'), folder, { recursive: true })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  card = readFileSync(join(folder, 'README.md'), 'utf8')
})
afterAll(() => rm(folder, { recursive: true }))

/** The one code block of a language. */
function codeOf(language: string): string {
  const [block, ...more] = card.matchAll(new RegExp(`\`\`\`${language}\\n([^\`]*)\`\`\``, 'g'))
  expect(more).toEqual([])
  return block?.[1] ?? ''
}

function run(command: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as unknown
}

describe('a card', () => {
  it('that is shipped is the one that is written today', () => {
    for (const name of ['mnist-conv', 'mnist-mlp', 'mnist-2d']) {
      const read = (file: string) => readFileSync(join(root, 'models', name, file), 'utf8')
      expect(read('README.md')).toBe(modelCard(parseManifest(JSON.parse(read('anyvae.json')))))
    }
  })

  it('runs in JavaScript', async () => {
    const print = 'console.log(JSON.stringify([shape, mean.length, logVariance.length]))'
    await writeFile(join(folder, 'card.mjs'), `${codeOf('js')}\n${print}\n`)
    const flags = ['--conditions=@anyvae/source', '--import', loader]
    const shapes = run(process.execPath, [...flags, 'card.mjs'])
    expect(shapes).toEqual([[16, 1, 28, 28], 320, 320])
  })

  it.skipIf(python === undefined)('runs in Python', async () => {
    const print = [
      'import json',
      'shapes = [list(each.shape) for each in (image, mean, log_variance, again)]',
      'print(json.dumps([shapes, float(np.square(again - image).mean())]))',
    ]
    await writeFile(join(folder, 'card.py'), [codeOf('python'), ...print, ''].join('\n'))
    const result = run(python ?? '', ['card.py']) as [number[][], number]
    const pixels = [16, 1, 28, 28]
    expect(result[0]).toEqual([pixels, [16, 20], [16, 20], pixels])
    // What is decoded, encoded and decoded again is much the same picture: nothing is mistaken.
    expect(result[1]).toBeLessThan(0.02)
  })

  it('says the order of channels, the range, and how latents are drawn', () => {
    expect(card).toContain('one channel of grey; 8-bit values divided by 255')
    expect(card).toContain('is normal 20 k + i of the stream `latent`')
    const manifest = parseManifest(JSON.parse(readFileSync(join(folder, 'anyvae.json'), 'utf8')))
    const colour = { ...manifest, image: { ...manifest.image, channels: 3 } }
    expect(modelCard(colour)).toContain('the channels red, green, blue in this order')
  })
})
