// The training benchmark: a short run of anyvae against TensorFlow.js, and the work that it counts.
import { expect, it } from 'vitest'
import { ROOT, startProgram } from './command.js'

interface Row {
  readonly peer: string
  readonly imagesPerSecond: number
  readonly shareOfPeak: number
  readonly firstStepSeconds: number
  readonly peakBytes: number
  readonly samples: readonly unknown[]
  readonly ratio?: number
  /** One a round. */
  readonly ratios?: readonly number[]
  readonly sameWork?: boolean
}

interface Result {
  readonly networks: readonly {
    readonly network: string
    readonly flopsPerStep: number
    readonly peers: readonly Row[]
    readonly leftOut: readonly { readonly peer: string; readonly reason: string }[]
  }[]
}

async function bench(line: string): Promise<Result> {
  const args = ['tools/bench-training/run.mjs', ...line.split(' ')]
  const run = await startProgram(process.execPath, args, { cwd: ROOT }).ended
  expect(run.exitCode, run.stderr).toBe(0)
  return JSON.parse(run.stdout) as Result
}

it('measures the same work in turn, and says who cannot do it', async () => {
  const short = '--rounds 2 --seconds 0.1 --images 1000 --json'
  const { networks } = await bench(`--networks mlp,conv --peers ours,tfjs-wasm ${short}`)
  expect(networks.map(({ network }) => network)).toEqual(['mlp', 'conv'])
  const [mlp, conv] = networks
  // 128 images; all products but the first have three ways, and that one, 784 x 400, two.
  const each = 784 * 400 + 2 * 400 * 20 + 20 * 400
  expect(mlp?.flopsPerStep).toBe(128 * 2 * (3 * each + 2 * 784 * 400))
  expect(mlp?.peers).toMatchObject([
    { peer: 'ours' },
    { peer: 'tfjs-wasm', sameWork: true, ratio: expect.any(Number) as number },
  ])
  const ratios = mlp?.peers[1]?.ratios ?? []
  expect(ratios).toHaveLength(2)
  expect(mlp?.peers[1]?.ratio).toBeGreaterThanOrEqual(Math.min(...ratios) * 0.999)
  expect(mlp?.peers[1]?.ratio).toBeLessThanOrEqual(Math.max(...ratios) * 1.001)
  for (const row of mlp?.peers ?? []) {
    expect(row.samples).toHaveLength(2)
    expect(row.imagesPerSecond).toBeGreaterThan(0)
    expect(row.shareOfPeak).toBeGreaterThan(0)
    expect(row.firstStepSeconds).toBeGreaterThan(0)
    expect(row.peakBytes).toBeGreaterThan(2 ** 20)
  }
  expect(conv?.peers).toMatchObject([{ peer: 'ours' }])
  expect(conv?.leftOut).toMatchObject([{ peer: 'tfjs-wasm' }])
})

interface Measured {
  readonly peer: string
  readonly samples: readonly { readonly images: number; readonly seconds: number }[]
  readonly losses: readonly number[]
}

it('compares round by round as far as both were measured', async () => {
  const path = new URL('../tools/bench-training/summary.mjs', import.meta.url).href
  const { summarize } = (await import(path)) as {
    readonly summarize: (network: object, measured: object) => { peers: readonly Row[] }
  }
  const peer = (name: string, rates: readonly number[]): Measured => ({
    peer: name,
    samples: rates.map((images) => ({ images, seconds: 1 })),
    losses: [2, 1],
  })
  const rates = [{ title: 'onnxruntime', samples: [{ rate: 1e9, shape: [1, 1, 1] }] }]
  const ratiosOf = (ours: readonly number[], its: readonly number[]) => {
    const peers = [peer('ours', ours), peer('other', its)]
    return summarize({ batchSize: 1, flops: 1 }, { peers, leftOut: [], rates }).peers[1]?.ratios
  }
  expect(ratiosOf([4, 6, 8], [2, 2, 2])).toEqual([2, 3, 4])
  expect(ratiosOf([4, 6, 8], [2])).toEqual([2])
  expect(ratiosOf([4], [2, 8])).toEqual([2])
})
