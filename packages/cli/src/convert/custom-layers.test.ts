// Layers of the user's own from a module, what they draw as inputs, and what is said without them.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { nodeBackend } from '@anyvae/runtime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finished, run, start } from '../testing/command.js'
import { saveLayersModel } from '../testing/saved-model.js'

/** The sampling layer of TensorFlow.js's own example of a variational autoencoder. */
const Z_LAYER = `
class ZLayer extends tf.layers.Layer {
  constructor(config) { super(config) }
  computeOutputShape(inputShape) { return inputShape[0] }
  call(inputs, kwargs) {
    const [zMean, zLogVar] = inputs
    const batch = zMean.shape[0]
    const dim = zMean.shape[1]
    const epsilon = tf.randomNormal([batch, dim], 0, 1)
    const temp = zLogVar.mul(0.5).exp()
    return zMean.add(temp.mul(epsilon))
  }
  static get className() { return 'ZLayer' }
}`

let base: string
let folder: string
const modules: Record<string, string> = {}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-layers-'))
  await tf.setBackend('cpu')
  folder = join(base, 'vae')
  await saveLayersModel(folder, encoder())
  const texts = {
    registers: `import * as tf from '@tensorflow/tfjs'\n${Z_LAYER}\ntf.serialization.registerClass(ZLayer)`,
    exports: `import * as tf from '@tensorflow/tfjs-layers'\nimport { randomNormal } from '@tensorflow/tfjs-core'\n${Z_LAYER.replaceAll('tf.randomNormal', 'randomNormal')}\nexport { ZLayer }`,
    'is-given': `export default (tf) => {${Z_LAYER}\nreturn { ZLayer } }`,
    nothing: 'export const answer = 42',
    broken: 'export const = 1',
  }
  for (const [name, text] of Object.entries(texts)) {
    modules[name] = join(base, `${name}.mjs`)
    await writeFile(modules[name] ?? '', text)
  }
})
afterAll(() => rm(base, { recursive: true }))

/** The layer again, to save the model with; the command only knows the modules. */
class ZLayer extends tfl.layers.Layer {
  static readonly className = 'ZLayer'
  override computeOutputShape(shapes: tfl.Shape[]): tfl.Shape {
    return shapes[0] ?? []
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return [inputs].flat()[0] ?? tf.scalar(0)
  }
}

function encoder(): tfl.LayersModel {
  const x = tfl.input({ shape: [5], name: 'image' })
  const heads = ['z_mean', 'z_log_var'].map(
    (name) => tfl.layers.dense({ units: 2, name }).apply(x) as tfl.SymbolicTensor,
  )
  const z = new ZLayer({ name: 'z' }).apply(heads) as tfl.SymbolicTensor
  return tfl.model({ inputs: x, outputs: [...heads, z], name: 'encoder' })
}

/** The command; in a process of its own where a module is to import the command's TensorFlow.js. */
function convert(out: string, flags: readonly string[], inside = true) {
  const argv = ['convert', folder, '--out', join(base, out), ...flags]
  return inside ? run(argv) : finished(start(argv))
}

describe('without the layers', () => {
  const here = (...flags: string[]) =>
    run(['convert', folder, '--out', join(base, 'never.onnx'), ...flags])

  it('the message names them, and the flag', async () => {
    const { exitCode, stderr } = await here()
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /has layers that TensorFlow\.js lacks, got ZLayer \(layer z\), expected .*--layers my-layers\.mjs\)$/m,
    )
  })

  it('a module without them is no help', async () => {
    const { stderr } = await here('--layers', modules['nothing'] ?? '')
    expect(stderr).toMatch(/got ZLayer \(layer z\)/)
  })

  it.each([
    ['broken', /--layers .*broken\.mjs: cannot be loaded, got ".*", expected a module/],
    [
      'missing',
      /--layers .*missing\.mjs: cannot be loaded, got "Cannot find module.*", expected a module/,
    ],
  ])('a module that is %s is told', async (name, message) => {
    const { exitCode, stderr } = await here('--layers', modules[name] ?? join(base, 'missing.mjs'))
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
  })
})

describe('convert --layers', () => {
  it.each(['registers', 'exports', 'is-given'])(
    'takes layers from a module that %s them, and their noise as an input',
    async (name) => {
      const flags = ['--layers', modules[name] ?? '', '--noise-inputs']
      const { exitCode, stdout, stderr } = await convert(`${name}.onnx`, flags, name === 'is-given')
      expect({ exitCode, stderr: stderr.replace(/npm warn.*\n/g, '') }).toEqual({
        exitCode: 0,
        stderr: '',
      })
      expect(stdout).toMatch(/^input {7}image float32\[batch, 5\]$/m)
      expect(stdout).toMatch(/^input {7}z_noise float32\[batch, 2\]$/m)
      expect(stdout).toMatch(/^noise {7}z_noise: normal, mean 0, standard deviation 1$/m)
      const session = await nodeBackend.createSession(
        new Uint8Array(await readFile(join(base, `${name}.onnx`))),
      )
      const float = (dims: number[], data: number[]) =>
        ({ type: 'float32', dims, data: Float32Array.from(data) }) as const
      const { z_mean, z_log_var, z } = await session.run({
        image: float([1, 5], [1, 2, 3, -4, 5]),
        z_noise: float([1, 2], [2, -1]),
      })
      await session.release()
      const list = (value: typeof z) => Array.from<number | bigint>(value?.data ?? []).map(Number)
      const [means, logs] = [list(z_mean), list(z_log_var)]
      expect(list(z)).toHaveLength(2)
      list(z).forEach((value, i) => {
        const wanted = (means[i] ?? 0) + ([2, -1][i] ?? 0) * Math.exp((logs[i] ?? 0) / 2)
        expect(value / wanted).toBeCloseTo(1, 4)
      })
    },
  )

  it('leaves a layer out by its outputs, without its noise', async () => {
    const flags = ['--layers', modules['is-given'] ?? '', '--output', 'z_mean,z_log_var']
    const { exitCode, stdout } = await convert('means.onnx', flags)
    expect(exitCode).toBe(0)
    expect(stdout).not.toContain('noise')
    expect(stdout.match(/^output/gm)).toHaveLength(2)
  })

  it('says which layer draws, and the flag that helps', async () => {
    const { exitCode, stderr } = await convert('drawn.onnx', [
      '--layers',
      modules['is-given'] ?? '',
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /draws random numbers \(randomNormal\).*\(--noise-inputs does\).*layer z/,
    )
  })
})
