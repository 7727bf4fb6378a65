// The root README as a newcomer takes it: each block of code pasted as it stands, each command line typed in turn.
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT, startProgram, succeed, temporaryFolder } from './command.js'

const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

function blocks(language: string): string[] {
  const found = README.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))
  return [...found].map(([, code = '']) => code)
}

/** Lines of shell blocks, without their comments. */
const lines = blocks('sh').flatMap((block) =>
  block
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, ''))
    .filter((line) => line !== ''),
)

const work = await temporaryFolder()

/** A saved model of one dense layer, as TensorFlow.js writes it. */
async function saveModel(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const config = { units: 3, name: 'dense', use_bias: false, batch_input_shape: [null, 4] }
  const layers = [{ class_name: 'Dense', config }]
  const modelTopology = { class_name: 'Sequential', config: { name: 'saved', layers } }
  const weights = [{ name: 'dense/kernel', shape: [4, 3], dtype: 'float32' }]
  const weightsManifest = [{ paths: ['weights.bin'], weights }]
  const json = { format: 'layers-model', modelTopology, weightsManifest }
  await writeFile(join(folder, 'model.json'), JSON.stringify(json))
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(4 * 12))
}

describe('a block of JavaScript', () => {
  let pasted: string
  // In the clone, so that its packages resolve, but out of everybody's way.
  beforeAll(async () => {
    pasted = await mkdtemp(join(ROOT, 'node_modules', '.readme-'))
  })
  afterAll(() => rm(pasted, { recursive: true }))

  it.each(blocks('js').map((code, i) => [i, code] as const))('%i runs as .mjs', async (i, code) => {
    const file = join(pasted, `block-${i}.mjs`)
    // Files are written where the block is, and bundles are read from the clone.
    await writeFile(file, code.replaceAll("'models/", `'${ROOT.replaceAll('\\', '/')}models/`))
    const { exitCode, stdout, stderr } = await startProgram(process.execPath, [file], {
      cwd: pasted,
    }).ended
    expect(exitCode, stderr).toBe(0)
    for (const [, told = ''] of code.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)) {
      expect(stdout).toContain(told)
    }
  })

  it('is in no other language that a newcomer would have to set up', () => {
    expect(blocks('ts')).toEqual([])
    expect(blocks('js').length).toBeGreaterThan(1)
  })
})

describe('the command lines', () => {
  it('run in their order, on fewer images', async () => {
    await saveModel(join(work, 'saved'))
    const commands = lines.filter((line) => line.startsWith('npx anyvae '))
    expect(commands.length).toBeGreaterThan(6)
    for (const command of commands) {
      const args = command.replace('npx anyvae ', '').replaceAll(/\s+/g, ' ')
      const quick = args.startsWith('train ') ? ' --epochs 1 --filters 2,2 --latent 2' : ''
      await succeed(work, args.replace('--data mnist', '--data glyphs:200') + quick)
    }
    for (const made of ['digits/decoder.onnx', 'samples.png', 'lighter/decoder_int8.onnx']) {
      expect(existsSync(join(work, made)), made).toBe(true)
    }
  })

  it('name scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    const named = [...README.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
    expect(named).toContain('playground')
  })

  it('pass their options on to what a script runs in a package', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    const nested = Object.values(scripts).filter((script) => /\bnpm run .*--workspace/.test(script))
    expect(nested).not.toEqual([])
    for (const script of nested) expect(script).toMatch(/ --$/)
  })
})
