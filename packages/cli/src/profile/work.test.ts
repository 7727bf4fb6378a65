// What kernels take and how much work they do, out of a profile that ONNX Runtime has just written.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attr, encodeModel, type Node } from '@anyvae/onnx'
import type { TensorValue } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { summariseRuns } from './summary.js'
import { readTrace, type ProfiledRun } from './trace.js'
import { workOf } from './work.js'

const DIMS = {
  a: [6, 16],
  b: [16, 7],
  b_transposed: [7, 16],
  a_transposed: [16, 6],
  stack: [2, 6, 16],
  vector: [16],
  image: [2, 4, 9, 9],
  filters: [6, 2, 3, 3],
  spread: [4, 3, 3, 3],
  scale: [1, 1, 1, 1],
  plane: [1, 1, 1, 64],
}

const NODES: [op: string, inputs: string[], output: string, attributes?: Node['attributes']][] = [
  ['MatMul', ['a', 'b'], 'product'],
  ['MatMul', ['stack', 'b'], 'products'],
  ['MatMul', ['stack', 'vector'], 'by_vector'],
  ['Gemm', ['a_transposed', 'b_transposed'], 'gemm', { transA: attr.int(1), transB: attr.int(1) }],
  ['Conv', ['image', 'filters'], 'conv', { group: attr.int(2), strides: attr.ints([2, 2]) }],
  ['ConvTranspose', ['image', 'spread'], 'wide'],
  ['Conv', ['plane', 'scale'], 'scaled'],
  ['Softplus', ['image'], 'soft'],
  ['Gather', ['stack', 'index'], 'picked'],
  ['Reshape', ['product', 'sizes'], 'flat'],
]

let folder: string
let runs: ProfiledRun[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-profile-'))
  const session = await nodeBackend.createSession(modelOf(NODES), {
    profile: join(folder, 'p'),
    graphOptimization: 'disabled',
  })
  for (let i = 0; i < 3; i++) await session.run(feeds())
  await session.release()
  const [name = ''] = await readdir(folder)
  runs = await readTrace(join(folder, name))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a profile', () => {
  it('has each run with its nodes, their shapes and their times', () => {
    expect(runs).toHaveLength(3)
    for (const { nodes, microseconds } of runs) {
      expect(nodes.map(({ name }) => name).sort()).toEqual(
        NODES.map(([, , output]) => `node_${output}`).sort(),
      )
      expect(nodes.map(({ calls }) => calls)).toEqual(NODES.map(() => 1))
      const inKernels = nodes.reduce((sum, node) => sum + node.microseconds, 0)
      expect(inKernels).toBeGreaterThan(0)
      expect(inKernels).toBeLessThanOrEqual(microseconds)
    }
    expect(nodeOf('picked')).toMatchObject({
      op: 'Gather',
      provider: 'cpu',
      inputs: [
        { type: 'float', dims: [2, 6, 16] },
        { type: 'int64', dims: [] },
      ],
      outputs: [{ type: 'float', dims: [6, 16] }],
    })
  })

  it.each([
    ['product', { unit: 'flop', amount: 2 * 6 * 16 * 7 }],
    ['products', { unit: 'flop', amount: 2 * 2 * 6 * 16 * 7 }],
    // Less than an operation a byte.
    ['by_vector', { unit: 'byte', amount: 4 * (192 + 16 + 12) }],
    ['gemm', { unit: 'flop', amount: 2 * 6 * 16 * 7 }],
    ['conv', { unit: 'flop', amount: 2 * (2 * 6 * 4 * 4) * (2 * 3 * 3) }],
    ['wide', { unit: 'flop', amount: 2 * (2 * 4 * 9 * 9) * (3 * 3 * 3) }],
    ['scaled', { unit: 'byte', amount: 4 * (64 + 1 + 64) }],
    ['soft', { unit: 'byte', amount: 4 * 2 * (2 * 4 * 9 * 9) }],
    // The values that it gives, read and written, and the index.
    ['picked', { unit: 'byte', amount: 2 * 4 * 96 + 8 }],
    ['flat', undefined],
  ])('tells how much work %s is', (output, work) => {
    expect(workOf(nodeOf(output))).toEqual(work)
  })

  it('is refused where it is none', async () => {
    const file = join(folder, 'none.json')
    await writeFile(file, '[\n{"cat": "Node",\n')
    await expect(readTrace(file)).rejects.toThrow(/none\.json: not a profile of ONNX Runtime, got/)
  })
})

describe('its summary', () => {
  it('counts per step, puts like kernels together and adds up to the whole', () => {
    const summary = summariseRuns(runs, { steps: 6, batch: 4, seconds: 3 })
    const { kernels, inKernels, kinds, step, betweenKernels, outside } = summary
    expect(kernels.map(({ calls }) => calls)).toEqual(NODES.map(() => 0.5))
    expect(sum(kernels.map(({ share }) => share))).toBeCloseTo(1)
    expect(sum(kernels.map(({ microseconds }) => microseconds))).toBeCloseTo(inKernels)
    expect(kernels.map(({ microseconds }) => microseconds)).toEqual(
      kernels.map(({ microseconds }) => microseconds).toSorted((a, b) => b - a),
    )
    expect(kinds.find(({ op }) => op === 'MatMul')).toMatchObject({ calls: 1.5 })
    expect(step).toBe(500_000)
    expect(inKernels + betweenKernels + outside).toBeCloseTo(step)
    expect(summary.imagesPerSecond).toBe(8)
    expect(summary.placement).toEqual({ cpu: NODES.length })
    expect(summary.copies).toBe(0)
    const soft = kernels.find(({ op }) => op === 'Softplus')
    expect(soft?.gigabytesPerSecond).toBeCloseTo(
      (0.5 * 4 * 2 * 648) / (soft?.microseconds ?? 0) / 1e3,
    )
    const flop = 2 * (672 + 2 * 672 + 672 + 192 * 18 + 648 * 27)
    expect(summary.gflop).toBeCloseTo((0.5 * flop) / 1e9, 12)
  })

  it('counts what crosses to a device and back', () => {
    const [{ nodes, microseconds } = { nodes: [], microseconds: 0 }] = runs
    const crossing = nodes.slice(0, 2).map((node) => ({ ...node, op: 'MemcpyToHost', calls: 3 }))
    const run = { microseconds, nodes: [...nodes.slice(2), ...crossing] }
    expect(summariseRuns([run], { steps: 2, batch: 4, seconds: 1 }).copies).toBe(3)
  })

  it('puts nodes of the same operator and shapes into one row', async () => {
    const twice: typeof NODES = [
      ['Sqrt', ['a'], 'first'],
      ['Sqrt', ['a'], 'second'],
      ['Sqrt', ['b'], 'other'],
    ]
    const session = await nodeBackend.createSession(modelOf(twice), { profile: join(folder, 'q') })
    await session.run(feeds())
    await session.release()
    const name = (await readdir(folder)).find((each) => each.startsWith('q')) ?? ''
    const { kernels } = summariseRuns(await readTrace(join(folder, name)), {
      steps: 1,
      batch: 1,
      seconds: 1,
    })
    expect(kernels.map(({ nodes, calls }) => ({ nodes: nodes.toSorted(), calls }))).toEqual(
      expect.arrayContaining([
        { nodes: ['node_first', 'node_second'], calls: 2 },
        { nodes: ['node_other'], calls: 1 },
      ]),
    )
  })
})

function nodeOf(output: string) {
  const found = runs[0]?.nodes.find(({ name }) => name === `node_${output}`)
  if (found === undefined) throw new Error(`no node for ${output}`)
  return found
}

function modelOf(nodes: typeof NODES): Uint8Array {
  const inputs = Object.entries(DIMS).map(([name, dims]) => ({
    name,
    dataType: 'float32' as const,
    dims,
  }))
  return encodeModel({
    irVersion: 8,
    opsets: { '': 17 },
    graph: {
      name: 'work',
      nodes: nodes.map(([opType, from, output, attributes = {}]) => ({
        name: `node_${output}`,
        opType,
        inputs: from,
        outputs: [output],
        attributes,
      })),
      inputs: [
        ...inputs,
        { name: 'index', dataType: 'int64', dims: [] },
        { name: 'sizes', dataType: 'int64', dims: [1] },
      ],
      outputs: nodes.map(([, , name]) => ({ name, dataType: 'float32' })),
      initializers: [],
      values: [],
    },
  })
}

function feeds(): Record<string, TensorValue> {
  const floats = Object.entries(DIMS).map(([name, dims]): [string, TensorValue] => {
    const size = dims.reduce((all, dim) => all * dim, 1)
    return [name, { type: 'float32', dims, data: new Float32Array(size).fill(0.5) }]
  })
  return {
    ...Object.fromEntries(floats),
    index: { type: 'int64', dims: [], data: BigInt64Array.of(1n) },
    sizes: { type: 'int64', dims: [1], data: BigInt64Array.of(42n) },
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
