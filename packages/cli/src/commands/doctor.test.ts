// The doctor, on this machine and with libraries that stand in for another's.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { softwareVulkan } from '../../../../tools/vulkan/index.mjs'
import { isAtLeast, type Examination } from '../doctor/examine.js'
import { printExamination } from '../doctor/print.js'
import { run } from '../testing/command.js'

afterEach(() => vi.unstubAllEnvs())

const onLinux = process.platform === 'linux' && process.arch === 'x64'
const hasCompiler = spawnSync('cc', ['--version']).status === 0

/** Libraries in front of the machine's own: of the given code, or empty. */
async function libraries(names: readonly string[], code = ''): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'anyvae-doctor-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const source = join(folder, 'library.c')
  await writeFile(source, `${code}\n`)
  for (const name of names) {
    execFileSync('cc', ['-shared', '-fPIC', '-o', join(folder, name), source])
  }
  vi.stubEnv('LD_LIBRARY_PATH', folder)
}

async function examined(): Promise<Examination & { works: boolean; exitCode: number | null }> {
  const { exitCode, stdout } = await run(['doctor', '--json'])
  return { ...(JSON.parse(stdout) as Examination & { works: boolean }), exitCode }
}

const stateOf = ({ providers }: Examination, name: string) =>
  providers.find((each) => each.provider === name)

describe('doctor', () => {
  it('tells of each provider and backend whether it works', async () => {
    const { exitCode, stdout, stderr } = await run(['doctor'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const name of ['Node', 'onnxruntime-node']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +ok  \\d+\\.`, 'm'))
    }
    for (const name of ['cuda', 'webgpu', 'coreml', 'dml', 'wasm', 'node', 'node-gpu']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +(ok|no)(  \\S|$)`, 'm'))
    }
    expect(stdout.match(/^ {2}cpu +ok/gm)).toHaveLength(2)
    expect(stdout).toMatch(/^works here: --provider cpu, .*--engine tfjs --backend cpu/m)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('fits narrow screens', async () => {
    vi.stubEnv('COLUMNS', '40')
    const { stdout } = await run(['doctor'])
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(40)
    expect(stdout).toMatch(/^ {2}onnxruntime-node +ok\n {4}\d+\./m)
  })

  it('finds WebGPU in software', async ({ skip }) => {
    const { env = {}, reason } = softwareVulkan()
    skip(reason !== undefined, reason)
    for (const [name, value] of Object.entries<string>(env)) vi.stubEnv(name, value)
    const found = await examined()
    expect(stateOf(found, 'webgpu')).toMatchObject({ works: true })
    expect(printExamination(found).join('\n')).toMatch(
      /^ {2}webgpu +ok {2}in software: .*swiftshader/m,
    )
  })

  describe.runIf(onLinux && hasCompiler)('on a machine', () => {
    it('with a driver that crashes goes on', async () => {
      const crash = '#include <stdlib.h>\n__attribute__((constructor)) void f() { abort(); }'
      await libraries(['libvulkan.so.1'], crash)
      vi.stubEnv('VK_DRIVER_FILES', '/none.json')
      const found = await examined()
      expect(found).toMatchObject({ works: true, exitCode: 0 })
      expect(stateOf(found, 'webgpu')?.problem).toBe('its process ended by SIGABRT')
    })

    it('with CUDA and no cuDNN says which it lacks', async () => {
      const cuda = ['cudart.so.12', 'cublas.so.12', 'cublasLt.so.12', 'cufft.so.11', 'curand.so.10']
      await libraries(['libcuda.so.1', ...cuda.map((name) => `lib${name}`)])
      const found = await examined()
      const lacks = stateOf(found, 'cuda')?.needs.filter((need) => !need.found)
      const what = lacks?.map((need) => need.what)
      expect(what).toEqual(expect.not.arrayContaining(['an NVIDIA driver', 'CUDA 12']))
      expect(what).toContain('cuDNN 9')
      const text = printExamination(found).join('\n')
      expect(text).toMatch(/^ +has CUDA 12\n +lacks cuDNN 9 \(no libcudnn\.so\.9\)\n +get: /m)
    })

    it('where onnxruntime does not load ends with exit code 1', async () => {
      await libraries(['libonnxruntime.so.1'])
      const found = await examined()
      expect(found).toMatchObject({ works: false, exitCode: 1 })
      expect(found.onnxruntime.problem).toMatch(/undefined symbol: OrtGetApiBase/)
      expect(printExamination(found).join('\n')).toMatch(/^ {2}onnxruntime-node +no /m)
    })
  })

  it.each([
    ['20.19.0', true],
    ['20.20.0', true],
    ['22.1.0', true],
    ['20.18.9', false],
    ['18.20.0', false],
  ])('knows whether Node %s will do', (version, works) => {
    expect(isAtLeast(version, '20.19.0')).toBe(works)
  })
})
