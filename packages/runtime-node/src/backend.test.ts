import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { DataType } from '@anyvae/onnx'
import { RuntimeError, nodeBackend, type SessionOptions } from './index.js'
import { LATENT, PIXELS, decoderModel, model, node } from './testing/models.js'

const TYPES: DataType[] = ['float32', 'int32', 'int64', 'uint8', 'bool']

/** Gives each input back, of any length. */
const echo = model({
  inputs: TYPES.map((dataType) => ({ name: dataType, dataType, dims: ['n'] })),
  outputs: TYPES.map((dataType) => ({ name: `${dataType}_out`, dataType, dims: ['n'] })),
  nodes: TYPES.map((type) => node('Identity', [type], `${type}_out`)),
})

const latent = (count: number) => ({
  latent: {
    type: 'float32' as const,
    dims: [count, LATENT],
    data: new Float32Array(count * LATENT),
  },
})

const failing = async (options: SessionOptions, bytes = decoderModel()): Promise<string> => {
  const error: unknown = await nodeBackend.createSession(bytes, options).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(RuntimeError)
  return String(error)
}

describe('nodeBackend', () => {
  it('carries every type both ways', async () => {
    const session = await nodeBackend.createSession(echo)
    const dims = [3]
    const feeds = {
      float32: { type: 'float32', dims, data: Float32Array.of(1.5, -0, Infinity) },
      int32: { type: 'int32', dims, data: Int32Array.of(-1, 2 ** 31 - 1, 0) },
      int64: { type: 'int64', dims, data: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n, 0n) },
      uint8: { type: 'uint8', dims, data: Uint8Array.of(0, 128, 255) },
      bool: { type: 'bool', dims, data: Uint8Array.of(1, 0, 1) },
    } as const
    const results = await session.run(feeds)
    for (const [name, value] of Object.entries(feeds)) {
      expect(results[`${name}_out`]).toEqual(value)
    }
    await session.release()
    // Outputs outlive their session.
    expect(results['uint8_out']?.data).toEqual(feeds.uint8.data)
  })

  it('reads a view of a larger buffer', async () => {
    const session = await nodeBackend.createSession(decoderModel())
    const large = Float32Array.from({ length: 3 * LATENT }, (_, i) => i / 10)
    const view = large.subarray(LATENT, 2 * LATENT)
    const dims = [1, LATENT]
    const run = (data: Float32Array) => session.run({ latent: { type: 'float32', dims, data } })
    expect(await run(view)).toEqual(await run(view.slice()))
    await session.release()
  })

  it.each([0, 1.5, 100_000])('refuses %s threads', async (threads) => {
    await expect(nodeBackend.createSession(decoderModel(), { threads })).rejects.toThrow(
      /threads: not usable, got .*, expected a whole number of 1 to/,
    )
  })

  it('states names, types, symbolic dimensions, provider and threads', async () => {
    const session = await nodeBackend.createSession(decoderModel(), { threads: 1 })
    expect(session.inputs).toEqual([{ name: 'latent', type: 'float32', dims: ['batch', LATENT] }])
    expect(session.outputs.map(({ dims }) => dims)).toEqual([
      ['batch', 3, 2, 4],
      ['batch', 3, 2, 4],
    ])
    expect([session.provider, session.threads]).toEqual(['cpu', 1])
    await session.release()
    const other = await nodeBackend.createSession(decoderModel())
    expect(other.threads).toBe(availableParallelism())
    await other.release()
  })

  it('computes only the outputs that are asked for', async () => {
    const session = await nodeBackend.createSession(decoderModel())
    expect(Object.keys(await session.run(latent(2), ['logits']))).toEqual(['logits'])
    await session.release()
  })

  it('answers two thousand runs at once, then releases', async () => {
    const session = await nodeBackend.createSession(decoderModel(), { threads: 1 })
    const runs = Array.from({ length: 2000 }, (_, i) => session.run(latent(1 + (i % 3))))
    const released = session.release()
    const lengths = (await Promise.all(runs)).map((results) => results['image']?.data.length)
    expect(lengths).toEqual(lengths.map((_, i) => (1 + (i % 3)) * PIXELS))
    await released
  })

  it('refuses all use after release, but for a further release', async () => {
    const session = await nodeBackend.createSession(decoderModel())
    const running = session.run(latent(1))
    await Promise.all([session.release(), session.release()])
    expect((await running)['image']?.data.length).toBe(PIXELS)
    await session.release()
    for (const use of [session.run(latent(1)), session.carried()]) {
      await expect(use).rejects.toThrow(RuntimeError)
      await expect(use).rejects.toThrow('session: already released')
    }
  })

  it('reads memory that threads share', async () => {
    const session = await nodeBackend.createSession(decoderModel())
    const plain = latent(2)
    const data = new Float32Array(new SharedArrayBuffer(plain.latent.data.byteLength))
    expect(await session.run({ latent: { ...plain.latent, data } })).toEqual(
      await session.run(plain),
    )
    await session.release()
  })

  it('says what is wrong with feeds and outputs', async () => {
    const session = await nodeBackend.createSession(decoderModel())
    const { data } = latent(1).latent
    const of = (dims: number[]) => ({ latent: { type: 'float32' as const, dims, data } })
    const cases = [
      [session.run({}), "input 'latent': missing"],
      [session.run({ ...latent(1), x: latent(1).latent }), "input: unknown name, got 'x'"],
      [session.run(latent(1), ['picture']), "got 'picture', expected image, logits"],
      [session.run(of([2, LATENT])), 'got 5 values, expected 10 by [2, 5]'],
      [session.run(of([LATENT, 1])), 'run: onnxruntime failed'],
    ] as const
    for (const [run, message] of cases) {
      await expect(run).rejects.toThrow(RuntimeError)
      await expect(run).rejects.toThrow(message)
    }
    expect(Object.keys(await session.run(latent(1)))).toContain('image')
    await session.release()
  })

  it('writes a profile that names the provider of each node', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anyvae-profile-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const options = { profile: join(folder, 'run') }
    const session = await nodeBackend.createSession(decoderModel(), options)
    await session.run(latent(1))
    await session.release()
    const [file = ''] = await readdir(folder)
    expect(await readFile(join(folder, file), 'utf8')).toContain('CPUExecutionProvider')
  })

  it('hands raw options on, for its one provider', async () => {
    const session = {
      executionProviders: [{ name: 'cpu', useArena: false }],
      graphOptimizationLevel: 'disabled',
      intraOpNumThreads: 7,
    }
    const created = await nodeBackend.createSession(decoderModel(), { session, threads: 1 })
    expect(created.threads).toBe(1)
    await created.release()
    const other = { session: { executionProviders: ['webgpu', 'cpu'] } }
    expect(await failing(other)).toMatch(/not the session's one provider, got \["webgpu","cpu"\]/)
    expect(await failing({ session: { graphOptimizationLevel: 'most' } })).toMatch(
      /session: .*most/,
    )
  })

  it.each([0, -1, 1.5, NaN])('refuses %d threads', async (threads) => {
    expect(await failing({ threads })).toContain(`threads: not usable, got ${threads}`)
  })

  const damaged: [Uint8Array, string][] = [
    [new Uint8Array(0), 'model: onnxruntime cannot load it'],
    [model({ nodes: [node('NoSuchOp', [], 'x')] }), 'model: onnxruntime cannot load it'],
    [new Uint8Array(100), 'model: not readable, got no field at byte 0'],
    [decoderModel().slice(0, -40), 'model: not readable, got no field at byte 2'],
  ]
  it.each(damaged)(
    'says that a model is damaged, whatever the provider',
    async (bytes, message) => {
      expect(await failing({}, bytes)).toContain(message)
      if (!nodeBackend.providers.includes('webgpu')) return
      expect(await failing({ provider: 'webgpu' }, bytes)).toContain(message)
    },
  )

  it('names the providers that there are, and what others need', async () => {
    const provider = JSON.parse('{ "provider": "tpu" }') as SessionOptions
    expect(await failing(provider)).toMatch(/got 'tpu', expected cpu(, \w+)*$/)
    expect(await failing({ provider: 'wasm' })).toContain('wasm needs a browser')
    const absent = nodeBackend.providers.includes('dml') ? 'coreml' : 'dml'
    expect(await failing({ provider: absent })).toContain(`; ${absent} needs `)
  })

  it.each(['cuda', 'webgpu'] as const)('runs on %s or says what it needs', async (provider) => {
    try {
      const session = await nodeBackend.createSession(decoderModel(), { provider, exclusive: true })
      expect(session.provider).toBe(provider)
      expect((await session.run(latent(3)))['image']?.data.length).toBe(3 * PIXELS)
      await session.release()
    } catch (error) {
      expect(error).toBeInstanceOf(RuntimeError)
      expect(String(error)).toMatch(/provider: .*got '.+', expected .*(CUDA 12|driver)/s)
    }
  })
})
