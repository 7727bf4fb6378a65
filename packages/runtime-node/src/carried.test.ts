import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { useSoftwareVulkan } from '../../../tools/vulkan/index.mjs'
import { RuntimeError, nodeBackend, type SessionOptions } from './index.js'
import { float, model, node } from './testing/models.js'

const noVulkan = useSoftwareVulkan()
const SIZE = 4096

/** Adds `x` to the state; gives the state's largest value and the number of steps too. */
const counter = model({
  inputs: [float('state', SIZE), float('x', 1), { name: 'steps', dataType: 'int32', dims: [1] }],
  outputs: [
    float('next', SIZE),
    float('largest', 1),
    { name: 'next_steps', dataType: 'int32', dims: [1] },
    float('doubled', 1),
  ],
  nodes: [
    node('Add', ['state', 'x'], 'next'),
    node('ReduceMax', ['next'], 'largest'),
    node('Add', ['steps', 'steps'], 'next_steps'),
    node('Add', ['largest', 'largest'], 'doubled'),
  ],
})
const addition = (size: number) =>
  model({
    inputs: [float('state', size), float('x', 1)],
    outputs: [float('next', size), float('largest', 1)],
    nodes: [node('Add', ['state', 'x'], 'next'), node('ReduceMax', ['next'], 'largest')],
  })
const carried = { next: 'state', next_steps: 'steps' }
const x = { type: 'float32', dims: [1], data: Float32Array.of(1) } as const
const steps = { type: 'int32', dims: [1], data: Int32Array.of(1) } as const
const stateOf = (value: number) =>
  ({ type: 'float32', dims: [SIZE], data: new Float32Array(SIZE).fill(value) }) as const

const open = (options: SessionOptions = {}) =>
  nodeBackend.createSession(counter, { carried, ...options })

describe.each(['cpu', 'webgpu'] as const)('carried values on %s', (provider) => {
  beforeEach(({ skip }) => skip(provider === 'webgpu' && noVulkan !== undefined, noVulkan))

  it('feed the next run, and are not among the results', async () => {
    const session = await open({ provider })
    expect(await session.carried()).toEqual({})
    const first = await session.run({ state: stateOf(5), x, steps })
    expect(Object.keys(first)).toEqual(['largest', 'doubled'])
    const runs = [1, 2, 3].map(() => session.run({ x }, ['largest']))
    const largest = (await Promise.all(runs)).map((results) => results['largest']?.data[0])
    expect(largest).toEqual([7, 8, 9])
    expect(await session.carried()).toEqual({
      state: stateOf(9),
      steps: { ...steps, data: Int32Array.of(16) },
    })
    await session.release()
  })

  it('give way to a feed, can be named, and can be read at any time', async () => {
    const session = await open({ provider })
    await session.run({ state: stateOf(5), x, steps }, [])
    const results = await session.run({ state: stateOf(1), x }, ['next', 'doubled'])
    expect(results).toEqual({ next: stateOf(2), doubled: { ...x, data: Float32Array.of(4) } })
    expect((await session.carried())['state']).toEqual(stateOf(2))
    expect(await session.run({ x }, ['next'])).toEqual({ next: stateOf(3) })
    await session.release()
  })

  it('stay where the provider computes', async () => {
    const session = await open({ provider })
    await session.run({ state: stateOf(5), x, steps })
    const [one, two] = [await session.carried(), await session.carried()]
    // In memory it is the array itself, from the device a copy.
    expect(one['state']?.data === two['state']?.data).toBe(provider === 'cpu')
    await session.release()
  })

  it('are freed when replaced', async () => {
    const [size, runs] = [2 ** 20, 100]
    const session = await nodeBackend.createSession(addition(size), {
      provider,
      carried: { next: 'state' },
    })
    await session.run({ x, state: { ...stateOf(0), dims: [size], data: new Float32Array(size) } })
    const before = process.memoryUsage().rss
    for (let i = 0; i < runs; i++) await session.run({ x })
    const state = (await session.carried())['state']
    expect(state?.data[size - 1]).toBe(runs + 1)
    // In software, the device's memory is the process's.
    expect(process.memoryUsage().rss - before).toBeLessThan((4 * size * runs) / 2)
    await session.release()
  })

  it('survive a run that fails', async () => {
    const session = await open({ provider })
    await session.run({ state: stateOf(5), x, steps })
    const wrong = { x: { ...x, dims: [3], data: Float32Array.of(1, 1, 1) } }
    await expect(session.run(wrong)).rejects.toThrow('run: onnxruntime failed')
    expect((await session.run({ x }))['largest']?.data[0]).toBe(7)
    await session.release()
  })

  it('are needed for the first run, and gone after release', async () => {
    const session = await open({ provider })
    await expect(session.run({ x, steps })).rejects.toThrow("input 'state': missing")
    await session.run({ state: stateOf(5), x, steps })
    await expect(session.run({})).rejects.toThrow("input 'x': missing")
    const last = session.carried()
    await session.release()
    expect((await last)['state']).toEqual(stateOf(6))
    await expect(session.carried()).rejects.toThrow('session: already released')
  })

  it('must be there, of one type, one for each input', async () => {
    const cases = [
      [{ nothing: 'state' }, "carried: unknown output, got 'nothing', expected next, largest"],
      [{ next: 'nothing' }, "carried: unknown input, got 'nothing', expected state, x, steps"],
      [{ next: 'steps' }, "carried 'next': wrong type for 'steps', got float32, expected int32"],
      [{ next: 'state', largest: 'state' }, "carried 'largest': not the only one, got 'state'"],
    ] as const
    for (const [wrong, message] of cases) {
      const created = open({ provider, carried: wrong })
      await expect(created).rejects.toThrow(RuntimeError)
      await expect(created).rejects.toThrow(message)
    }
  })
})

it('compute on WebGPU alone, without a copy inside a run', async ({ skip }) => {
  skip(noVulkan !== undefined, noVulkan)
  const folder = await mkdtemp(join(tmpdir(), 'anyvae-carried-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const session = await nodeBackend.createSession(addition(SIZE), {
    provider: 'webgpu',
    exclusive: true,
    carried: { next: 'state' },
    profile: join(folder, 'run'),
  })
  await session.run({ state: stateOf(0), x })
  await session.run({ x })
  await session.release()
  const [file = ''] = await readdir(folder)
  const events = JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[]
  const nodes = events.filter((event) => event.cat === 'Node').map(({ args }) => args)
  expect(nodes.map(({ op_name, provider }) => `${op_name} ${provider}`)).toEqual([
    'Add WebGpuExecutionProvider',
    'ReduceMax WebGpuExecutionProvider',
    'Add WebGpuExecutionProvider',
    'ReduceMax WebGpuExecutionProvider',
  ])
})

interface ProfileEvent {
  readonly cat: string
  readonly args: { readonly op_name: string; readonly provider: string }
}
