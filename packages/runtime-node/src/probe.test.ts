import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { softwareVulkan } from '../../../tools/vulkan/index.mjs'
import { nodeBackend } from './index.js'
import { needsOf, probeOnnxRuntime, probeProvider } from './probe.js'
import { expectedOf } from './providers.js'

afterEach(() => vi.unstubAllEnvs())

const onLinux = process.platform === 'linux' && process.arch === 'x64'
const hasCompiler = spawnSync('cc', ['--version']).status === 0

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'anyvae-probe-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

it('finds onnxruntime and what it was built with', async () => {
  const { version, providers } = await probeOnnxRuntime()
  expect(version).toBe(nodeBackend.version)
  expect(providers).toEqual(expect.arrayContaining([...nodeBackend.providers]))
})

it('computes on the cpu', async () => {
  expect(await probeProvider('cpu')).toEqual({ provider: 'cpu', works: true, needs: [] })
})

it('computes on webgpu, in software', async ({ skip }) => {
  const { env = {}, reason } = softwareVulkan()
  skip(reason !== undefined, reason)
  for (const [name, value] of Object.entries<string>(env)) vi.stubEnv(name, value)
  expect(await probeProvider('webgpu')).toMatchObject({ works: true })
})

it.runIf(onLinux)('tells a driver that is missing from a loader that is', async () => {
  const folder = await temporaryFolder()
  const [absent, broken] = [join(folder, 'absent.json'), join(folder, 'broken.json')]
  await writeFile(broken, JSON.stringify({ ICD: { library_path: './no-driver.so' } }))
  vi.stubEnv('VK_DRIVER_FILES', `${absent}:${broken}`)
  const { works, problem, needs } = await probeProvider('webgpu')
  expect(works).toBe(false)
  expect(problem).toBe('Failed to get a WebGPU adapter: No supported adapters')
  expect(needs.map((need) => need.what)).toEqual(['a Vulkan loader', 'a Vulkan driver'])
  expect(needs[1]?.parts).toEqual({ [absent]: false, [broken]: false })
  expect(expectedOf('webgpu')).toContain(`a Vulkan driver (${absent}, ${broken} missing): mesa`)
})

it.runIf(onLinux && hasCompiler)('survives a driver that crashes', async () => {
  const folder = await temporaryFolder()
  const source = join(folder, 'crash.c')
  await writeFile(
    source,
    '#include <stdlib.h>\n__attribute__((constructor)) void f() { abort(); }\n',
  )
  execFileSync('cc', ['-shared', '-fPIC', '-o', join(folder, 'libvulkan.so.1'), source])
  vi.stubEnv('LD_LIBRARY_PATH', folder)
  const { works, problem } = await probeProvider('webgpu')
  expect({ works, problem }).toEqual({ works: false, problem: 'its process ended by SIGABRT' })
})

it.runIf(onLinux)('tells the parts of CUDA apart', () => {
  const needs = needsOf('cuda')
  expect(needs.map((need) => need.what)).toEqual([
    "onnxruntime's CUDA binaries",
    'an NVIDIA driver',
    'CUDA 12',
    'cuDNN 9',
  ])
  for (const { what, found, how } of needs) {
    expect(expectedOf('cuda').includes(`${what} (`)).toBe(!found)
    expect(expectedOf('cuda').includes(how)).toBe(!found)
  }
})

it('gives up a provider that does not answer, and one that is not built', async () => {
  const { problem } = await probeProvider('cpu', { timeout: 1 })
  expect(problem).toBe('no answer within 0.001 s')
  const absent = await probeProvider('wasm')
  expect(absent.works).toBe(false)
  expect(absent.problem).toContain('backend not found')
})

it('stops where it is told to', async () => {
  const controller = new AbortController()
  const probe = probeProvider('cpu', { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(probe).rejects.toThrow('enough')
})

it('does not start where the signal is aborted, or is none', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(probeProvider('cpu', { signal })).rejects.toThrow('enough')
  const none: unknown = new AbortController()
  await expect(probeProvider('cpu', { signal: none as AbortSignal })).rejects.toThrow(
    'signal: not usable, got AbortController, expected an AbortSignal',
  )
})
