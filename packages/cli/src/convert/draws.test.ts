// A graph model that draws outcomes at random: its uniform numbers are an input, and verified.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../testing/command.js'
import { saveModel } from '../testing/saved-model.js'

let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-draws-'))
  await tf.setBackend('cpu')
  await saveModel(join(base, 'drawing'), drawing())
})
afterAll(() => rm(base, { recursive: true }))

/** x [batch, 4] -> Multinomial of 200 samples. */
function drawing(): tf.io.ModelArtifacts {
  const dtype = { type: 'DT_FLOAT' }
  const shape = { shape: { dim: [{ size: '-1' }, { size: '4' }] } }
  const attr = { T: dtype, output_dtype: { type: 'DT_INT32' }, seed: { i: '3' }, seed2: { i: '0' } }
  return {
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype, shape } },
        { name: 'count', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
        { name: 'y', op: 'Multinomial', input: ['x', 'count'], attr },
      ],
      versions: { producer: 1395 },
    },
    weightSpecs: [{ name: 'count', shape: [], dtype: 'int32' }],
    weightData: Int32Array.of(200).buffer,
  }
}

describe('convert of a model that draws outcomes', () => {
  it('makes an input of the numbers, and compares on those that TensorFlow.js drew', async () => {
    const out = join(base, 'y.onnx')
    const flags = ['--out', out, '--noise-inputs']
    const { exitCode, stdout, stderr } = await run(['convert', join(base, 'drawing'), ...flags])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^noise {7}y_noise: uniform, 0 to 1$/m)
    expect(stdout).toMatch(/^difference {2}0\.0e\+0 at most/m)
  })
})
