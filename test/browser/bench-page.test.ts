// The page's benchmark: a short run, in which everyone does the same work.
import { describe, expect, it } from 'vitest'
import { ROOT, startProgram } from '../command.js'
import { HAS_BROWSER } from './browser.js'

interface Row {
  readonly name: string
  readonly samples: readonly number[]
  readonly ratio: number
  readonly sameWork: boolean
}

describe.skipIf(!HAS_BROWSER)('npm run bench:page', () => {
  it('measures the same work in turn', async () => {
    const args = 'tools/bench-page/run.mjs --rounds 2 --seconds 0.1 --json'.split(' ')
    const run = await startProgram(process.execPath, args, { cwd: ROOT }).ended
    expect(run.exitCode, run.stderr).toBe(0)
    const result = JSON.parse(run.stdout) as { isolated: boolean; peers: readonly Row[] }
    expect(result.isolated).toBe(true)
    expect(result.peers.map(({ name }) => name)).toEqual(['anyvae', 'tfjs', 'jax-js'])
    for (const { samples, ratio, sameWork } of result.peers) {
      expect(samples).toHaveLength(2)
      expect(Math.min(...samples, ratio)).toBeGreaterThan(0)
      expect(sameWork).toBe(true)
    }
  })
})
