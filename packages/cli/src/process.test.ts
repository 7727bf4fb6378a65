// The command as a process: signals, closed pipes, and nothing but results on stdout.
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { calledAs } from './shell.js'
import { exitCodeOf, finished, finishedInto, interrupted, start } from './testing/command.js'

let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-process-'))
})
afterAll(() => rm(base, { recursive: true }))

const LONG = ['train', '--data', 'glyphs:200', '--hidden', '8', '--epochs', '100000', '--out']

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s keeps the last epoch and names the command that goes on', async (name, code) => {
    const folder = join(base, name)
    const child = start([...LONG, folder, '--json'])
    const ended = finished(child)
    const kill = (chunk: Buffer) => {
      if (!/^epoch /m.test(chunk.toString())) return
      child.stderr.off('data', kill)
      child.kill(name)
    }
    child.stderr.on('data', kill)
    const { exitCode, stdout, stderr } = await ended
    expect(exitCode).toBe(code)
    const resume = `${calledAs()} train --resume ${folder}`
    expect(stderr).toMatch(
      new RegExp(`stopped by ${name}: epoch \\d+ of 100000 is kept; go on with:\n  ${resume}\n$`),
    )
    const { epoch, ...told } = JSON.parse(stdout) as { epoch: number }
    expect(told).toMatchObject({ run: folder, completed: false, exitCode: code, resume })
    const log = await readFile(join(folder, 'log.jsonl'), 'utf8')
    expect(log.trimEnd().split('\n')).toHaveLength(epoch)
  })
})

/** A saved model that takes some time to read and to write. */
async function largeModel(folder: string): Promise<void> {
  const units = 2500
  await mkdir(folder)
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(4 * units * units))
  const config = { units, name: 'dense', use_bias: false, batch_input_shape: [null, units] }
  const layers = [{ class_name: 'Dense', config }]
  const modelTopology = { class_name: 'Sequential', config: { name: 'large', layers } }
  const weights = [{ name: 'dense/kernel', shape: [units, units], dtype: 'float32' }]
  const weightsManifest = [{ paths: ['weights.bin'], weights }]
  const json = { format: 'layers-model', modelTopology, weightsManifest }
  await writeFile(join(folder, 'model.json'), JSON.stringify(json))
}

describe.skipIf(process.platform === 'win32')('convert, stopped', () => {
  it('leaves what there was', async () => {
    const folder = join(base, 'large')
    await largeModel(folder)
    const out = join(folder, 'model.onnx')
    await writeFile(out, 'old')
    const stopped = await interrupted(['convert', folder, '--out', out, '--no-verify'])
    expect(stopped).toEqual({ exitCode: 130, stderr: 'anyvae: stopped by SIGINT\n' })
    expect(await readFile(out, 'utf8')).toBe('old')
    expect(await readdir(folder)).toHaveLength(3)
  })
})

describe('stdout', () => {
  it('closed by its reader ends nothing', async () => {
    const child = start(['data', 'glyphs:50', '--out', join(base, 'preview.png')])
    child.stdout.destroy()
    const [exitCode, stderr] = await Promise.all([exitCodeOf(child), text(child.stderr)])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect((await readFile(join(base, 'preview.png'))).length).toBeGreaterThan(1000)
  })

  it.skipIf(!existsSync('/dev/full'))('on a full disk is one line and a failure', async () => {
    const full = openSync('/dev/full', 'w')
    const { exitCode, stderr } = await finishedInto(full, ['data', 'glyphs:50'])
    closeSync(full)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^anyvae: stdout: cannot be written, got ENOSPC.*, expected room\n$/)
  })

  it('holds one JSON object, however much is said on stderr', async () => {
    const flags = ['--engine', 'tfjs', '--size', '8x8', '--hidden', '8', '--epochs', '2']
    const child = start([
      'train',
      '--data',
      'glyphs:50',
      ...flags,
      '--out',
      join(base, 'r'),
      '--json',
    ])
    const { exitCode, stdout, stderr } = await finished(child)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ completed: true, epoch: 2 })
    expect(stderr).toMatch(/epoch 2\/2/)
    expect(stderr).not.toContain('Hi, looks like')
  })
})
