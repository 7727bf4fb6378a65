// The onnx engine on WebGPU, in software: a run a step, the state left on the device.
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { glyphs } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import type { SessionOptions } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { useSoftwareVulkan } from '../../../../tools/vulkan/index.mjs'
import { createNetwork, initialState, type NetworkOptions } from '../index.js'
import { adamScalars } from '../objective/adam.js'
import type { Chunk } from './engine.js'
import { onnxEngine } from './onnx.js'

const noVulkan = useSoftwareVulkan()
const [STEPS, BATCH, LATENT] = [50, 4, 3]
const image = { channels: 1, height: 8, width: 8 }

/** Compiling shaders for software takes most of the time. */
const TIMEOUT = 600_000

/** Steps from `start` to `end` of one run of them. */
function chunkOf(start: number, end: number): Chunk {
  const { height, width } = image
  const normals = BATCH * LATENT
  const scalars = Array.from({ length: end - start }, (_, i) => adamScalars(start + i + 1, 1e-3))
  const places = Int32Array.from({ length: STEPS * BATCH }, (_, i) => (i * 7) % 30)
  return {
    steps: end - start,
    images: glyphs({ count: 30, seed: 1, height, width }).data,
    places: places.subarray(start * BATCH, end * BATCH),
    noise: randomStream(1, 'noise')
      .normals(STEPS * normals)
      .subarray(start * normals, end * normals),
    stepSize: Float32Array.from(scalars, (each) => each.stepSize),
    epsilon: Float32Array.from(scalars, (each) => each.epsilon),
    beta: Float32Array.from({ length: end - start }, (_, i) => Math.min(1, (start + i) / 20)),
  }
}

async function trained(options: SessionOptions, network: NetworkOptions, cuts = [0, STEPS]) {
  const made = createNetwork(network)
  const engine = await onnxEngine(nodeBackend, options)(made, initialState(made, 1), {
    batchSize: BATCH,
  })
  const losses: number[] = []
  for (let i = 1; i < cuts.length; i++) {
    const { loss } = await engine.run(chunkOf(cuts[i - 1] ?? 0, cuts[i] ?? 0))
    losses.push(...loss)
  }
  const { images, noise } = chunkOf(0, STEPS)
  const batch = { images: images.subarray(0, 2 * 64), noise: noise.subarray(0, 2 * LATENT) }
  const terms = await engine.evaluate({ ...batch, count: 2 })
  const state = await engine.state()
  await engine.release()
  return { losses, state, terms }
}

function largestRelative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Math.max(
    ...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? 0)) / Math.max(1, Math.abs(value))),
  )
}

describe('onnxEngine on webgpu', () => {
  beforeEach(({ skip }) => skip(noVulkan !== undefined, noVulkan))

  it.each<[string, NetworkOptions]>([
    ['mlp', { image, latent: LATENT, hidden: [16] }],
    ['conv', { architecture: 'conv', image, latent: LATENT, filters: [2, 3] }],
    ['resnet', { architecture: 'resnet', image, latent: LATENT, filters: [2, 3] }],
  ])(
    'trains %s as the cpu does',
    async (_, network) => {
      const cpu = await trained({ provider: 'cpu' }, network)
      const webgpu = await trained({ provider: 'webgpu' }, network)
      expect(largestRelative(cpu.losses, webgpu.losses)).toBeLessThan(1e-4)
      expect(cpu.losses[STEPS - 1]).toBeLessThan(cpu.losses[0] ?? 0)
      expect(largestRelative(cpu.terms.reconstruction, webgpu.terms.reconstruction)).toBeLessThan(
        1e-3,
      )
      expect(webgpu.state.step).toBe(STEPS)
      for (const [name, values] of Object.entries(cpu.state.parameters)) {
        expect(largestRelative(values, webgpu.state.parameters[name] ?? [])).toBeLessThan(1e-3)
      }
    },
    TIMEOUT,
  )

  it(
    'computes the same however many steps a chunk has, and every node on the device',
    async () => {
      const network = { image, latent: LATENT, hidden: [16] }
      const folder = await mkdtemp(join(tmpdir(), 'anyvae-webgpu-'))
      onTestFinished(() => rm(folder, { recursive: true }))
      const profile = join(folder, 'run')
      const whole = await trained({ provider: 'webgpu', profile }, network)
      expect(await trained({ provider: 'webgpu' }, network, [0, 1, 8, 31, STEPS])).toEqual(whole)
      const [file = ''] = (await readdir(folder)).sort()
      const placed = await placements(join(folder, file))
      expect(Object.keys(placed)).toEqual(['WebGpuExecutionProvider'])
      expect([...(placed['WebGpuExecutionProvider'] ?? [])].join()).not.toMatch(/Memcpy|Loop/)
    },
    TIMEOUT,
  )
})

interface ProfileEvent {
  readonly cat: string
  readonly name: string
  readonly args: { readonly op_name: string; readonly provider: string }
}

/** The operators that each provider computed. */
async function placements(file: string): Promise<Record<string, Set<string>>> {
  const events = JSON.parse(await readFile(file, 'utf8')) as ProfileEvent[]
  const placed: Record<string, Set<string>> = {}
  for (const { cat, name, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue
    ;(placed[args.provider] ??= new Set()).add(args.op_name)
  }
  return placed
}
