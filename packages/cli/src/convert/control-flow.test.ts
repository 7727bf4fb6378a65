// Graph models with loops, branches and lists become ONNX files that agree with TensorFlow.js.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from '../testing/command.js'

const models = fileURLToPath(new URL('../../../../test/control-flow/models', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-flow-'))
})
afterAll(() => rm(folder, { recursive: true }))

it.each(['counter', 'branches_frames', 'lstm', 'gru_frames', 'greedy', 'suppressed', 'nested'])(
  'converts %s, and compares it with TensorFlow.js',
  async (name) => {
    const argv = [
      'convert',
      join(models, name, 'model.json'),
      '--out',
      join(folder, `${name}.onnx`),
    ]
    const { exitCode, stdout, stderr } = await run(argv)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^difference {2}\S+ at most from TensorFlow\.js/m)
  },
)
