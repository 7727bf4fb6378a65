// Models as Keras 3 saves them: converted to what Keras computes, or refused with the way out.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TensorValue } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../testing/command.js'

interface Tensor {
  readonly dims: readonly number[]
  readonly data: readonly number[]
}

interface Spec {
  readonly name: string
  readonly shape: readonly number[]
}

interface Fixture {
  readonly model: {
    readonly weightsManifest: readonly [{ readonly weights: readonly Spec[] }]
  }
  readonly weights: string
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly outputs: readonly Tensor[]
}

let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-keras3-'))
})
afterAll(() => rm(base, { recursive: true }))

const fixture = async (name: string) =>
  JSON.parse(
    await readFile(new URL(`../../testing/keras3/${name}.json`, import.meta.url), 'utf8'),
  ) as Fixture

/** Saves a fixture with its text changed, and converts it. */
async function convert(name: string, changed: (text: string) => string = (text) => text) {
  const { model, weights, ...values } = await fixture(name)
  const folder = await mkdtemp(join(base, `${name}-`))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'model.json'), changed(JSON.stringify(model)))
  await writeFile(join(folder, 'weights.bin'), Buffer.from(weights, 'base64'))
  const out = join(folder, 'out.onnx')
  return { ...values, out, ...(await run(['convert', folder, '--out', out])) }
}

async function expectValues({
  out,
  inputs,
  outputs,
}: Pick<Fixture, 'inputs' | 'outputs'> & { out: string }) {
  const session = await nodeBackend.createSession(new Uint8Array(await readFile(out)))
  const feeds = Object.entries(inputs).map(([name, { dims, data }]): [string, TensorValue] => [
    name,
    { type: 'float32', dims, data: Float32Array.from(data) },
  ])
  const results = Object.values(await session.run(Object.fromEntries(feeds)))
  await session.release()
  expect(results.map(({ dims }) => dims)).toEqual(outputs.map(({ dims }) => dims))
  results.forEach((result, i) => {
    const wanted = outputs[i]?.data ?? []
    Array.from(result.data, Number).forEach((value, j) => {
      expect(value).toBeCloseTo(wanted[j] ?? Number.NaN, 4)
    })
  })
}

/** The names of weights without the layers before them. */
const withoutLayers = (text: string) =>
  text.replace(/"name":"[^"]*\/(\w+)","shape"/g, '"name":"$1","shape"')

describe('models of Keras 3', () => {
  it.each(['photo', 'text', 'states', 'nested'])('%s gives what Keras gives', async (name) => {
    const made = await convert(name)
    expect({ exitCode: made.exitCode, stderr: made.stderr }).toEqual({ exitCode: 0, stderr: '' })
    await expectValues(made)
  })

  it('stack, whose input has a name that Keras makes', async () => {
    const made = await convert('stack')
    expect(made.stderr).toBe('')
    const [input = ''] = /^input {7}(\w+)/m.exec(made.stdout)?.slice(1) ?? []
    await expectValues({
      ...made,
      inputs: { [input]: Object.values(made.inputs)[0] ?? { dims: [], data: [] } },
    })
  })

  it.each(['photo', 'nested'])('%s with weights named without their layers', async (name) => {
    const made = await convert(name, withoutLayers)
    expect(made.stderr).toBe('')
    await expectValues(made)
  })

  it('takes weights in any order where their names tell the layers', async () => {
    const { model, weights } = await fixture('nested')
    const [{ weights: specs }] = model.weightsManifest
    const bytes = Buffer.from(weights, 'base64')
    let offset = 0
    const parts = specs.map((spec) => {
      const length = 4 * spec.shape.reduce((product, size) => product * size, 1)
      offset += length
      return { spec, bytes: bytes.subarray(offset - length, offset) }
    })
    const turned = parts.toReversed()
    const folder = join(base, 'turned')
    await mkdir(folder)
    const manifest = [{ paths: ['weights.bin'], weights: turned.map(({ spec }) => spec) }]
    await writeFile(
      join(folder, 'model.json'),
      JSON.stringify({ ...model, weightsManifest: manifest }),
    )
    await writeFile(join(folder, 'weights.bin'), Buffer.concat(turned.map((part) => part.bytes)))
    const out = join(folder, 'out.onnx')
    expect((await run(['convert', folder, '--out', out])).stderr).toBe('')
    await expectValues({ ...(await fixture('nested')), out })
  })

  it.each<[string, string, (text: string) => string, RegExp]>([
    [
      'reset',
      'a GRU of other gates',
      (text) => text,
      /layer reset\/gru has reset_after true, expected false/,
    ],
    [
      'attention',
      'a layer that is missing',
      (text) => text,
      /layer attention\/heads is a MultiHeadAttention, which TensorFlow\.js lacks/,
    ],
    [
      'nested',
      'another hard sigmoid',
      (text) => text.replace('"activation":"elu"', '"activation":"hard_sigmoid"'),
      /layer nested\/body\/dense_2 has the activation hard_sigmoid/,
    ],
    [
      'stack',
      'bilinear upsampling',
      (text) => text.replace('"interpolation":"nearest"', '"interpolation":"bilinear"'),
      /has interpolation "bilinear", expected "nearest"/,
    ],
    [
      'photo',
      'a ReLU with a threshold',
      (text) => text.replace('"threshold":0', '"threshold":0.5'),
      /is a ReLU with a threshold/,
    ],
    [
      'nested',
      'weights of other layers',
      (text) =>
        text.replace('"name":"head/kernel","shape":[4,3]', '"name":"head/kernel","shape":[3,4]'),
      /a weight does not fit, got .* of shape \[3, 4\], expected head\/kernel of \[4, 3\]/,
    ],
  ])('%s: refuses %s', async (name, _, changed, message) => {
    const { exitCode, stderr } = await convert(name, changed)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
    if (/a model of Keras 3/.test(stderr)) expect(stderr).toMatch(/tf_keras 2, or as a SavedModel/)
  })

  it('reads a slope of a ReLU as a leaky one', async () => {
    const { exitCode, stdout } = await convert('photo', (text) =>
      text.replace('"max_value":6,"negative_slope":0', '"max_value":null,"negative_slope":0.25'),
    )
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^wrote/) as string,
    })
  })
})
