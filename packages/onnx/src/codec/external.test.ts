// Models whose weights are in a file of their own: written, read back and run from disk.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../builder/builder.js'
import { tensorOf } from '../builder/tensor.js'
import { OnnxError } from '../error.js'
import { createModel } from '../model.js'
import type { Model } from '../types.js'
import { decodeModel, encodeModel, encodeModelParts, externalFiles } from './codec.js'
import type { ExternalPlace } from './external.js'

const dataFile = 'model.onnx.data'
const values = Float32Array.from({ length: 60 }, (_, i) => i)

function exampleModel(): Model {
  const builder = new GraphBuilder(17, ['y'])
  const x = builder.input('x', { dataType: 'float32', dims: [1, 6] })
  const kernel = builder.initializer('kernel', tensorOf('float32', [6, 10], values))
  const small = builder.initializer('small', tensorOf('float32', [1], [2]))
  const bias = builder.initializer('bias', tensorOf('float32', [10], values.subarray(0, 10)))
  const product = builder.node('Mul', [builder.node('MatMul', [x, kernel]), small])
  builder.output('y', builder.node('Add', [product, bias]))
  return createModel(builder.build('example'))
}

const model = exampleModel()
const parts = (threshold = 16) => encodeModelParts(model, { dataFile, threshold, limit: 0 })
const joined = (data: readonly Uint8Array[]) => Uint8Array.from(data.flatMap((part) => [...part]))

/** The model's bytes with a text of the same length in place of another one. */
function altered(from: string, to: string): Uint8Array {
  const text = Buffer.from(parts().model).toString('latin1')
  expect(to.length).toBe(from.length)
  expect(text).toContain(from)
  return new Uint8Array(Buffer.from(text.replaceAll(from, to), 'latin1'))
}

describe('weights in a file of their own', () => {
  it('come back as they were, and are named beforehand', () => {
    const { model: bytes, data } = parts()
    const file = joined(data)
    const places: ExternalPlace[] = []
    const decoded = decodeModel(bytes, (place) => {
      places.push(place)
      return file.subarray(place.offset, place.offset + place.length)
    })
    expect(decoded).toEqual(model)
    expect(places).toEqual([
      { location: dataFile, offset: 0, length: 240 },
      { location: dataFile, offset: 256, length: 40 },
    ])
    expect(externalFiles(bytes)).toEqual([dataFile])
    expect(externalFiles(encodeModel(model))).toEqual([])
  })

  it('are views, not copies, and begin on a page where they are large', () => {
    const large = { name: 'w', ...tensorOf('float32', [2 ** 18], new Float32Array(2 ** 18)) }
    const graph = { ...model.graph, initializers: [...model.graph.initializers, large] }
    const { data } = encodeModelParts({ ...model, graph }, { dataFile, threshold: 1, limit: 0 })
    const at = data.indexOf(large.bytes)
    const before = data.slice(0, at).reduce((sum, part) => sum + part.length, 0)
    expect(at).toBeGreaterThan(0)
    expect(before).toBe(4096)
  })

  it('stay in the model where that is small enough, and where they are below the threshold', () => {
    expect(encodeModelParts(model, { dataFile })).toEqual({ model: encodeModel(model), data: [] })
    expect(parts(1000)).toEqual({ model: encodeModel(model), data: [] })
    expect(parts(241).data).toEqual([])
    expect(parts(240).data).toHaveLength(1)
  })

  it('go there where one file cannot hold them', () => {
    // Half of the bytes each; never written to, so that they take no memory.
    const weights = ['a', 'b'].map((name) => {
      return { name, dataType: 'uint8' as const, dims: [2 ** 30], bytes: new Uint8Array(2 ** 30) }
    })
    const large = { ...model, graph: { ...model.graph, initializers: weights } }
    expect(() => encodeModel(large)).toThrow(/too large for one file, got 2147483648 bytes/)
    const { data } = encodeModelParts(large, { dataFile })
    expect(data.map((part, i) => part === weights[i]?.bytes)).toEqual([true, true])
  })

  it('are found by ONNX Runtime beside the model', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anyvae-external-'))
    try {
      const { model: bytes, data } = parts()
      await writeFile(join(folder, 'model.onnx'), bytes)
      await writeFile(join(folder, dataFile), data)
      expect(await readFile(join(folder, dataFile))).toHaveLength(296)
      const session = await InferenceSession.create(join(folder, 'model.onnx'))
      const x = new Tensor('float32', Float32Array.from([1, 0, 0, 0, 0, 1]), [1, 6])
      const { y } = await session.run({ x })
      const expected = Array.from({ length: 10 }, (_, i) => 2 * (i + 50 + i) + i)
      expect([...(y?.data as Float32Array)]).toEqual(expected)
      await session.release()
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('are refused without a reader, of another length and outside the folder', () => {
    const read = ({ length }: ExternalPlace) => new Uint8Array(length)
    expect(() => decodeModel(parts().model)).toThrow(/kernel: data in another file/)
    expect(() => decodeModel(parts().model, () => new Uint8Array(3))).toThrow(/got 3 bytes/)
    expect(() => decodeModel(altered('240', '241'), read)).toThrow(/length 241, expected 240/)
    expect(() => decodeModel(altered('256', '-56'), read)).toThrow(/offset -56/)
    const places = ['../../el.onnx.dt', '/etc/onnx.datas', 'C:del.onnx.data', 'a\\..\\..\\b.data']
    for (const place of places.map((each) => each.padEnd(15, 'x').slice(0, 15))) {
      const bytes = altered(dataFile, place)
      expect(() => decodeModel(bytes, read), place).toThrow(OnnxError)
      expect(() => decodeModel(bytes, read), place).toThrow(/within the model's folder/)
    }
    expect(() => encodeModelParts(model, { dataFile: '../w', limit: 0 })).toThrow(/got "\.\.\/w"/)
  })
})
