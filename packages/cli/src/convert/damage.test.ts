// Every field of a valid model.json is taken away or replaced in turn: what is refused is told plainly.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../testing/command.js'
import { quantisedGraph } from '../testing/saved-model.js'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-damage-'))
  await tf.setBackend('cpu')
})
afterAll(() => rm(folder, { recursive: true }))

function graph(): Json {
  const { format, modelTopology, weightSpecs } = quantisedGraph('MatMul', 3, [3, 4])
  const weightsManifest = [{ paths: ['w.bin'], weights: weightSpecs }]
  return JSON.parse(JSON.stringify({ format, modelTopology, weightsManifest })) as Json
}

function layers(): Json {
  const model = tfl.sequential({ name: 'small' })
  model.add(tfl.layers.dense({ units: 2, inputShape: [3], name: 'hidden', activation: 'relu' }))
  const weights = model.weights.map((weight) => ({
    name: weight.originalName,
    shape: weight.shape as number[],
    dtype: 'float32',
  }))
  return {
    format: 'layers-model',
    modelTopology: model.toJSON(null, false) as Json,
    weightsManifest: [{ paths: ['w.bin'], weights }],
  }
}

const OTHERS: readonly Json[] = [null, 7, 'seven', [], {}]

/** A JSON text with each of its fields in turn absent, or something else. */
function* damaged(json: Json, path = ''): Generator<[what: string, json: Json]> {
  if (typeof json !== 'object' || json === null) return
  const fields = Object.entries(json)
  const withField = (key: string, value: Json | undefined): Json => {
    const left = fields.flatMap(([name, old]) => {
      const next = name === key ? value : old
      return next === undefined ? [] : ([[name, next]] as const)
    })
    return Array.isArray(json) ? left.map(([, each]) => each) : Object.fromEntries(left)
  }
  for (const [key, value] of fields) {
    const at = `${path}.${key}`
    yield [`no ${at}`, withField(key, undefined)]
    for (const other of OTHERS) {
      yield [`${JSON.stringify(other)} as ${at}`, withField(key, other)]
    }
    for (const [what, inner] of damaged(value, at)) yield [what, withField(key, inner)]
  }
}

const RAW =
  /Cannot (?:read|use|create|set|convert)|undefined|is not (?:a function|iterable)|NaN|\[object|\n./

describe('convert of damaged models', () => {
  it.each([
    ['a graph model', graph, 12],
    ['a layers model', layers, 32],
  ])('tells plainly what is wrong with %s', async (_, make, bytes) => {
    await writeFile(join(folder, 'w.bin'), new Uint8Array(bytes))
    const out = join(folder, 'out.onnx')
    const complaints: string[] = []
    let refused = 0
    for (const [what, json] of damaged(make())) {
      await writeFile(join(folder, 'model.json'), JSON.stringify(json))
      const { exitCode, stderr } = await run(['convert', folder, '--out', out])
      if (exitCode === 0) continue
      refused += 1
      const told = stderr.trim()
      if (RAW.test(told) || told.length > 400 || !/model\.json|w\.bin|anyvae-damage/.test(told))
        complaints.push(`${what}: ${told}`)
    }
    expect(complaints).toEqual([])
    expect(refused).toBeGreaterThan(50)
  })
})
