// Damaged test vectors and manifests are told of in one line each, whatever they declare, in little memory.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeTensor, tensorOf } from '@anyvae/onnx'
import { randomStream } from '@anyvae/random'
import { RuntimeError } from '@anyvae/runtime'
import { diskReader, nodeBackend } from '@anyvae/runtime-node'
import { type BundleFiles, readBundle, verifyBundle } from '../index.js'
import { memoryReader } from '../memory.js'

const folder = fileURLToPath(new URL('../../../../models/mnist-2d', import.meta.url))
const INPUT = 'vectors/decoder/test_data_set_0/input_0.pb'
const OUTPUT = 'vectors/decoder/test_data_set_0/output_0.pb'
let files: BundleFiles = new Map()
beforeAll(async () => {
  files = await readBundle(diskReader(folder))
})

const verify = (changed: readonly (readonly [string, Uint8Array])[]) =>
  verifyBundle(memoryReader(new Map([...files, ...changed])), nodeBackend)

/** A TensorProto that declares other sizes than it has values, which no encoder of ours writes. */
function declaring(dims: readonly number[], count: number): Uint8Array {
  const varint = (value: bigint): number[] =>
    value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)]
  // Fields 1 dims, 2 data_type (1: float), 8 name, 9 raw_data.
  const sizes = dims.flatMap((dim) => [1 << 3, ...varint(BigInt(dim))])
  const name = [...new TextEncoder().encode('image')]
  const head = [...sizes, 2 << 3, 1, (8 << 3) | 2, name.length, ...name]
  return Uint8Array.from([
    ...head,
    (9 << 3) | 2,
    ...varint(BigInt(4 * count)),
    ...new Array<number>(4 * count).fill(0),
  ])
}

const cases: readonly (readonly [string, string, () => Uint8Array])[] = [
  ['of no bytes', OUTPUT, () => new Uint8Array()],
  ['of a terabyte by its own account', OUTPUT, () => declaring([2 ** 20, 2 ** 18], 4)],
  ['of sizes whose product overflows', OUTPUT, () => declaring([2 ** 40, 2 ** 40, 2 ** 40], 4)],
  ['of no rows', OUTPUT, () => declaring([0, 1, 28, 28], 0)],
  ['of fewer values than their sizes', INPUT, () => declaring([4, 2], 3)],
  [
    'of another type',
    INPUT,
    () =>
      encodeTensor({
        name: 'latent',
        ...tensorOf('float64', [4, 2], new Array<number>(8).fill(0)),
      }),
  ],
  [
    'of another name',
    INPUT,
    () =>
      encodeTensor({ name: 'code', ...tensorOf('float32', [4, 2], new Array<number>(8).fill(0)) }),
  ],
  [
    'of another batch',
    INPUT,
    () =>
      encodeTensor({
        name: 'latent',
        ...tensorOf('float32', [3, 2], new Array<number>(6).fill(0)),
      }),
  ],
  [
    'that are no numbers',
    OUTPUT,
    () =>
      encodeTensor({
        name: 'image',
        ...tensorOf('float32', [4, 1, 28, 28], new Array<number>(4 * 784).fill(NaN)),
      }),
  ],
]

describe('test vectors', () => {
  it.each(cases)('%s fail the one file', async (_, path, bytes) => {
    const before = process.memoryUsage().rss
    const { ok, problems, files: found } = await verify([[path, bytes()]])
    expect(ok).toBe(false)
    expect(problems).toHaveLength(1)
    expect(problems.join('')).toMatch(/^[^\n]+, got [^\n]*, expected [^\n]+$/)
    expect(found.map((file) => file.ok)).toEqual([true, false])
    expect(process.memoryUsage().rss - before).toBeLessThan(500e6)
  })

  it('with any byte changed are never taken for right, or stay right', async () => {
    const whole = files.get(INPUT) ?? new Uint8Array()
    const words = randomStream(1, 'test').words(2 * 60)
    for (let i = 0; i < 60; i++) {
      const bytes = whole.slice()
      const place = (words[2 * i] ?? 0) % bytes.length
      bytes[place] = (bytes[place] ?? 0) ^ (1 + ((words[2 * i + 1] ?? 0) % 255))
      const { problems } = await verify([[INPUT, bytes]])
      for (const problem of problems) expect(problem).toMatch(/^[^\n]+$/)
    }
  })
})

it('a damaged manifest is refused, and nothing else is thrown', async () => {
  const whole = new Uint8Array(readFileSync(`${folder}/anyvae.json`))
  const words = randomStream(2, 'test').words(2 * 100)
  for (let i = 0; i < 100; i++) {
    const bytes = whole.slice(0, i % 3 === 0 ? (words[2 * i] ?? 0) % whole.length : whole.length)
    if (bytes.length > 0) bytes[(words[2 * i + 1] ?? 0) % bytes.length] = (words[2 * i] ?? 0) % 256
    const result = await verify([['anyvae.json', bytes]]).catch((error: unknown) => error)
    if (result instanceof Error) expect(result).toBeInstanceOf(RuntimeError)
  }
})
