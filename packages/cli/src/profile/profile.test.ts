// `anyvae train --profile` on drawn digits: the table, the file, JSON, and what is refused.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, type Ran } from '../testing/command.js'
import { DATA, json } from '../testing/fixture.js'
import { CliError } from '../error.js'

const TINY = ['train', ...DATA, '--hidden', '16', '--latent', '3', '--batch', '30']

let base: string
let profiled: Ran
const at = (name: string) => join(base, name)
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-profile-'))
  profiled = await run([...TINY, '--profile', at('p.json')])
})
afterAll(() => rm(base, { recursive: true }))

describe('train --profile', () => {
  it('prints the ten costliest kernels, and the rest in sums', () => {
    const { exitCode, stdout, stderr } = profiled
    expect(exitCode, stderr).toBe(0)
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^mlp of 26,\d{3} parameters, batch 30, cpu, \d+ threads?$/)
    expect(lines[1]).toMatch(/^1\d\d steps timed after \d+ to warm up$/)
    expect(lines.filter((line) => /^ *\d+ {2}[A-Z]/.test(line))).toHaveLength(10)
    expect(stdout).toMatch(/^ 1 {2}\w+ +\d+ .*\d\.\d % .*\n {4}\S.* -> \S/m)
    expect(stdout).toMatch(/^ {4}all kernels +[\d.]+ +[\d,]+ +100\.0 % +\d+\.\d GFLOP\/s$/m)
    for (const what of ['other kernels', 'all kernels', 'between kernels', 'outside runs']) {
      expect(stdout).toMatch(new RegExp(`^ {4}${what} +[\\d.,]+`, 'm'))
    }
    expect(stdout).toMatch(/^ {4}not profiled .* images\/s$/m)
    expect(stdout).toMatch(/^placement {2}\d+ nodes on cpu$/m)
    expect(Math.max(...lines.slice(0, -5).map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it("keeps ONNX Runtime's profile of the training, and nothing else", async () => {
    expect(await readdir(base)).toEqual(['p.json'])
    const events = JSON.parse(await readFile(at('p.json'), 'utf8')) as { name: string }[]
    expect(events.filter(({ name }) => name === 'model_run').length).toBeGreaterThan(1)
    expect(events.some(({ name }) => name.startsWith('adam_'))).toBe(true)
  })

  it('trains afterwards where there is a run folder, just as without a profile', async () => {
    const flags = [...TINY, '--epochs', '1', '--threads', '1', '--out']
    const first = await json(...flags, at('run'), '--profile', at('deep/q.json'))
    expect(first).toMatchObject({ run: at('run'), completed: true, epoch: 1 })
    expect(await readdir(at('deep'))).toEqual(['q.json'])
    const { profile, seconds, measured, run: folder, ...computed } = first
    expect(await json(...flags, at('plain'))).toMatchObject(computed)
    expect(seconds).toBeGreaterThan(0)
    expect(folder).toBe(at('run'))
    expect(measured).toMatchObject({ overheadSeconds: expect.any(Number) as number })
    const { microseconds, steps, kernels, threads } = profile as Profile
    expect(threads).toBe(1)
    expect(steps).toBeGreaterThanOrEqual(100)
    expect(kernels.some(({ op }) => op === 'Loop')).toBe(false)
    const inKernels = kernels.reduce((sum, kernel) => sum + kernel.microseconds, 0)
    expect(inKernels).toBeCloseTo(microseconds.inKernels)
    const { step, betweenKernels, outside } = microseconds
    expect(betweenKernels).toBeGreaterThan(0)
    expect(inKernels + betweenKernels + outside).toBeCloseTo(step)
    // Once a step, though many steps are one run: the Gemm that makes images of hidden units.
    const pixels = kernels.filter(({ outputs }) => outputs[0]?.dims.join() === '30,784')
    const output = pixels.find(({ op }) => op === 'Gemm')
    const rate = (2 * 30 * 784 * 16) / (output?.microseconds ?? 0) / 1e3
    expect(output).toMatchObject({ calls: 1, gflopPerSecond: expect.closeTo(rate) as number })
  })

  it('prints the table before the training', async () => {
    const flags = ['--epochs', '1', '--out', at('told'), '--profile', at('p.json')]
    const { stdout } = await run([...TINY, ...flags])
    expect(stdout).toMatch(/^mlp of [^]*\nwritten .*\n\ntrained 1 epoch in /)
  })

  it('leaves nothing behind where it is stopped', async () => {
    const reason = new CliError('stopped by SIGINT', { exitCode: 130 })
    const before = await readdir(base)
    const file = ['--profile', at('stopped.json')]
    const { exitCode, stdout } = await run([...TINY, ...file], AbortSignal.abort(reason))
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' })
    expect(await readdir(base)).toEqual(before)
  })

  it.each([
    [['--engine', 'tfjs'], 2, '--profile: of the onnx engine, got engine tfjs, expected --engine'],
    [['--resume', 'r'], 2, '--profile: of a new run, got --resume, expected --data and settings'],
    [['--latent', '1000000'], 2, 'network: too large'],
    [['--data', 'nowhere'], 1, 'images: no such source'],
  ])('refuses %s in one line', async (flags, expected, message) => {
    const argv = ['train', '--data', 'glyphs:200', '--profile', at('x.json'), ...flags]
    const { exitCode, stdout, stderr } = await run(argv)
    expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' })
    expect(stderr).toContain(`anyvae: ${message}`)
    expect(await readdir(base)).not.toContain('x.json')
  })

  it('refuses a place that it cannot write to, before it trains', async () => {
    await writeFile(at('taken'), '')
    const folder = await run([...TINY, '--out', at('never'), '--profile', base])
    expect(folder.stderr).toBe(
      `anyvae: --profile: a folder, got ${base}, expected a file, such as p.json\n`,
    )
    const below = await run([...TINY, '--out', at('never'), '--profile', at('taken/p.json')])
    expect(below.exitCode).toBe(1)
    expect(below.stderr).toContain('taken/p.json: cannot be written, got')
    expect(below.stderr).not.toMatch(/^epoch /m)
    expect(await readdir(base)).not.toContain('never')
  })
})

interface Profile {
  readonly steps: number
  readonly threads: number
  readonly microseconds: Readonly<
    Record<'step' | 'inKernels' | 'betweenKernels' | 'outside', number>
  >
  readonly kernels: readonly {
    readonly op: string
    readonly calls: number
    readonly microseconds: number
    readonly outputs: readonly { readonly dims: readonly number[] }[]
  }[]
}
