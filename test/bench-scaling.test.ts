// The benchmark of many images: a tiny run of both ways of reading, and its plot.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ROOT, startProgram } from './command.js'

interface Row {
  readonly images: number
  readonly mode: string
  readonly steps: number
  readonly loss: number
  readonly microseconds: number
  readonly peakBytes: number
}

it('measures the same training both ways, and draws it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anyvae-scaling-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const out = join(folder, 'new', 'plot.svg')
  const line = `tools/bench-scaling/run.mjs --counts 20,40 --steps 2 --json --dir ${folder} --out ${out}`
  const run = await startProgram(process.execPath, line.split(' '), { cwd: ROOT }).ended
  expect(run.exitCode, run.stderr).toBe(0)
  const { rows } = JSON.parse(run.stdout) as { readonly rows: readonly Row[] }
  expect(rows).toMatchObject(
    [20, 40].flatMap((images) => ['memory', 'stream'].map((mode) => ({ images, mode, steps: 2 }))),
  )
  for (const row of rows) {
    expect(row.microseconds).toBeGreaterThan(0)
    expect(row.peakBytes).toBeGreaterThan(2 ** 20)
    expect(row.loss).toBe(rows.find(({ images }) => images === row.images)?.loss)
  }
  const svg = await readFile(out, 'utf8')
  expect(svg).toMatch(/^<svg .*>[^]*<\/svg>\n$/)
  expect(svg.match(/<polyline /g)).toHaveLength(4)
})
