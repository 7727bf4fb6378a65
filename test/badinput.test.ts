// Input that cannot be used gets one clear line and an exit code, and leaves nothing behind.
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { succeed, temporaryFolder } from './command.js'
import { expectFailure } from './complaint.js'
import { contentsOf } from './runs.js'
import { badSources, colours, writeFiles } from './sources.js'

const TINY = '--latent 2 --batch 20 --epochs 1'
/** A provider of another operating system. */
const ABSENT = process.platform === 'darwin' ? 'dml' : 'coreml'
const base = await temporaryFolder()

function newFolder(): Promise<string> {
  return mkdtemp(join(base, 'case-'))
}

describe('train refuses', () => {
  it.each(badSources)('$what', async ({ files, data, message }) => {
    const folder = await newFolder()
    await writeFiles(folder, files)
    const args = `train --data ${data} ${TINY} --out run`
    await expectFailure(folder, args, { exitCode: 1, message })
  })

  it.each([
    ['--bogus 3', 2, /^unknown option '--bogus'.*, expected one of --data, --stream, --out, /],
    ['--arch vit', 2, /^--arch: unknown, got 'vit', expected mlp, conv, resnet$/],
    ['--provider tpu', 2, /^--provider: unknown, got 'tpu', expected cpu, cuda, webgpu/],
    ['--latent 0', 2, /^--latent: .*, got '0', expected a whole number of at least 1$/],
    ['--batch 0', 2, /^--batch: .*, got '0', expected a whole number of at least 1$/],
    ['--epochs 0', 2, /^--epochs: .*, got '0', expected a whole number of at least 1$/],
    ['--lr nan', 2, /^--lr: .*, got 'nan', expected a number above 0$/],
    ['--arch conv --hidden 9', 2, /^--hidden: .*conv/],
    [`--provider ${ABSENT}`, 1, /^--provider: not one of .*, got '\w+', expected cpu/],
  ])('train %s', async (flags, exitCode, message) => {
    const folder = await newFolder()
    const args = `train --data glyphs:100 ${TINY} ${flags} --out run`
    await expectFailure(folder, args, { exitCode, message })
  })

  it('a folder that holds a letter', async () => {
    const folder = await newFolder()
    await writeFiles(folder, { 'run/letter.txt': new TextEncoder().encode('dear') })
    const message = /^run: not a run folder, got letter.txt in it, expected a new or empty folder$/
    for (const resume of ['', ' --resume']) {
      const args = `train --data glyphs:100 ${TINY} --out run${resume}`
      await expectFailure(folder, args, { exitCode: 1, message })
    }
  })
})

/** Holds a run of each architecture and a bundle of the mlp, all of a moment's training. */
let trained = ''
beforeAll(async () => {
  trained = await newFolder()
  for (const arch of ['mlp', 'conv']) {
    await succeed(trained, `train --data glyphs:100 --arch ${arch} ${TINY} --out ${arch}`)
  }
  await succeed(trained, 'export mlp --out bundle')
})

describe('a run folder', () => {
  it('that exists is not begun again', async () => {
    const before = await contentsOf(join(trained, 'mlp'))
    const message = /^mlp: holds a run, .*expected a new or empty folder, or --resume/
    const args = `train --data glyphs:100 ${TINY} --out mlp`
    await expectFailure(trained, args, { exitCode: 1, message })
    expect(await contentsOf(join(trained, 'mlp'))).toEqual(before)
  })

  it('with a checkpoint of another architecture is refused by all that read it', async () => {
    const folder = await newFolder()
    await cp(join(trained, 'mlp'), join(folder, 'run'), { recursive: true })
    const other = await readFile(join(trained, 'conv', 'checkpoint.safetensors'))
    await writeFile(join(folder, 'run', 'checkpoint.safetensors'), other)
    const message =
      /^run.checkpoint.safetensors: .*another architecture, got .*"conv".*, expected .*"mlp"/
    for (const args of ['train --resume run', 'export run --out new']) {
      await expectFailure(folder, args, { exitCode: 1, message })
    }
  })

  it('with a checkpoint that is cut off is refused', async () => {
    const folder = await newFolder()
    await cp(join(trained, 'mlp'), join(folder, 'run'), { recursive: true })
    const path = join(folder, 'run', 'checkpoint.safetensors')
    await writeFile(path, (await readFile(path)).subarray(0, 5000))
    const message = /^run.checkpoint.safetensors: .*truncated/
    await expectFailure(folder, 'train --resume run', { exitCode: 1, message })
  })

  it('that is not there cannot be gone on with or exported', async () => {
    const folder = await newFolder()
    await expectFailure(folder, 'train --resume run', {
      exitCode: 1,
      message: /^run: no run .*, got no config.json, expected one/,
    })
    await expectFailure(folder, 'export run --out bundle', {
      exitCode: 1,
      message: /^run: no run folder, got no config.json, expected one$/,
    })
  })

  it('is not exported over something else', async () => {
    const folder = await newFolder()
    await cp(join(trained, 'mlp'), join(folder, 'mlp'), { recursive: true })
    await mkdir(join(folder, 'taken'))
    await writeFiles(folder, { 'taken/letter.txt': new TextEncoder().encode('dear') })
    await expectFailure(folder, 'export mlp --out taken', {
      exitCode: 1,
      message: /^taken: exists already, expected a new folder, or --force to replace it$/,
    })
    await expectFailure(folder, 'export mlp --out taken --force', {
      exitCode: 1,
      message: /^taken: not replaced, got a folder that holds no bundle/,
    })
  })
})

describe('a bundle of grey images', () => {
  it.each(['eval bundle', 'encode bundle', 'reconstruct bundle'])(
    '%s refuses colour',
    async (args) => {
      await writeFiles(trained, { 'colour.npy': colours })
      await expectFailure(trained, `${args} --data colour.npy`, {
        exitCode: 1,
        message: /^colour.npy: images of another shape.*, got 28x28 colour, expected 28x28 grey/,
      })
    },
  )

  it.each(badSources.slice(0, 3))('eval refuses $what', async ({ files, data, message }) => {
    const folder = await newFolder()
    await cp(join(trained, 'bundle'), join(folder, 'bundle'), { recursive: true })
    await writeFiles(folder, files)
    await expectFailure(folder, `eval bundle --data ${data}`, { exitCode: 1, message })
  })
})
