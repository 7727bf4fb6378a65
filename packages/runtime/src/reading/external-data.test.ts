import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RuntimeError, externalTensors, refuseExternalData } from '../index.js'

const REAL = ['mnist-mlp/encoder.onnx', 'mnist-conv/decoder.onnx'].map((file) =>
  readFileSync(new URL(`../../../../models/${file}`, import.meta.url)),
)

/** A field of protobuf that has a length. */
function field(number: number, ...parts: readonly (Uint8Array | readonly number[])[]): number[] {
  const bytes = parts.flatMap((part) => [...part])
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes]
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]
}

const text = (number: number, value: string) => field(number, new TextEncoder().encode(value))
const entry = (key: string, value: string) => field(13, text(1, key), text(2, value))

const EXTERNAL = [14 * 8, 1]
const SECRET = [...text(8, 'w'), ...entry('location', '.env'), ...EXTERNAL]
const FOUND = [{ name: 'w', entries: [['location', '.env']] }]

/** Where a tensor can be within a model; each gives the model's bytes. */
const PLACES: Readonly<Record<string, (tensor: readonly number[]) => number[]>> = {
  initializer: (tensor) => field(7, field(5, tensor)),
  'sparse values': (tensor) => field(7, field(15, field(1, tensor))),
  'sparse indices': (tensor) => field(7, field(15, field(2, tensor))),
  'an attribute': (tensor) => field(7, field(1, field(5, field(5, tensor)))),
  'a list of an attribute': (tensor) => field(7, field(1, field(5, field(10, tensor)))),
  'a sparse attribute': (tensor) => field(7, field(1, field(5, field(22, field(1, tensor))))),
  'sparse attributes': (tensor) => field(7, field(1, field(5, field(23, field(2, tensor))))),
  'a subgraph': (tensor) => field(7, field(1, field(5, field(6, field(5, tensor))))),
  'a list of subgraphs': (tensor) => field(7, field(1, field(5, field(11, field(5, tensor))))),
  'a function': (tensor) => field(25, field(7, field(5, field(5, tensor)))),
  "a function's default": (tensor) => field(25, field(11, field(5, tensor))),
  'a training graph': (tensor) => field(20, field(2, field(5, tensor))),
  'a second graph': (tensor) => [...field(7, text(2, 'g')), ...field(7, field(5, tensor))],
}

describe('externalTensors', () => {
  it.each(Object.entries(PLACES))('finds %s', (_, model) => {
    expect(externalTensors(Uint8Array.from(model(SECRET)))).toEqual(FOUND)
    expect(externalTensors(Uint8Array.from(model(text(8, 'w'))))).toEqual([])
  })

  it.each([
    ['a location alone', entry('location', 'a')],
    ['a data_location alone', EXTERNAL],
    ['a data_location that fills ten bytes', [14 * 8, ...Array<number>(9).fill(0x80), 1]],
    ['a data_location beyond 32 bits', [14 * 8, 0x81, 0x80, 0x80, 0x80, 0x10]],
    ['a tag of more bytes than it needs', [0xf0, 0x80, 0x00, 1]],
  ])('takes %s for external', (_, tensor) => {
    expect(externalTensors(Uint8Array.from(field(7, field(5, tensor))))).toHaveLength(1)
  })

  it('finds none where data_location says so', () => {
    const tensor = [...text(8, 'w'), 14 * 8, 0]
    expect(externalTensors(Uint8Array.from(field(7, field(5, tensor))))).toEqual([])
  })

  it.each(REAL)('finds none in a model of ours', (model) => {
    expect(externalTensors(model)).toEqual([])
  })

  it('reads memory that is shared', () => {
    const model = Uint8Array.from(field(7, field(5, SECRET)))
    const shared = new Uint8Array(new SharedArrayBuffer(model.length))
    shared.set(model)
    expect(externalTensors(shared)).toEqual(FOUND)
  })

  it.each([
    ['zeros', [0, 0, 0], 'no field at byte 0'],
    ['a group', [7 * 8 + 3, 7 * 8 + 4], 'no field at byte 0'],
    ['a field that is cut short', [7 * 8 + 2, 5, 1], 'no field at byte 0'],
    ['a length of petabytes', [7 * 8 + 2, ...varint(2 ** 52)], 'no field at byte 0'],
    ['a number that does not end', Array<number>(20).fill(0xff), 'no whole number before byte 10'],
    ['a message that ends in a number', [7 * 8 + 2, 1, 8], 'no whole number before byte 3'],
    ["onnxruntime's own format", [0x18, 0, 0, 0, 0x4f, 0x52, 0x54, 0x4d], 'ORTM'],
  ])('refuses %s', (_, bytes, got) => {
    expect(() => externalTensors(Uint8Array.from(bytes))).toThrow(
      new RuntimeError(`model: not readable, got ${got}, expected an ONNX model`),
    )
  })

  it('refuses what is nested without end', () => {
    let graph: number[] = []
    for (let i = 0; i < 40; i++) graph = field(1, field(5, field(6, graph)))
    expect(() => externalTensors(Uint8Array.from(field(7, graph)))).toThrow(
      /got more than 100 messages within each other/,
    )
  })

  it('answers to damaged models, or finds them damaged, and nothing else', () => {
    const outcomes = { readable: 0, external: 0, refused: 0 }
    const rich = Uint8Array.from(Object.values(PLACES).flatMap((place) => place(SECRET)))
    for (const [at, model] of [rich, ...REAL].entries()) {
      const random = generator(at)
      for (let i = 0; i < 2000; i++) outcomes[outcomeOf(mutated(model, random))]++
    }
    // Each is reached, so that the mutation is neither too gentle nor too coarse.
    expect(Object.values(outcomes).every((count) => count > 100)).toBe(true)
  })
})

function outcomeOf(model: Uint8Array): 'readable' | 'external' | 'refused' {
  try {
    return externalTensors(model).length > 0 ? 'external' : 'readable'
  } catch (error) {
    expect(error).toBeInstanceOf(RuntimeError)
    return 'refused'
  }
}

/** A linear congruential generator: whole numbers below a bound. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A copy with a few bytes altered, taken out, put in or cut off, most of them where the structure is. */
function mutated(model: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = Buffer.from(model)
  for (let i = random(4); i >= 0; i--) {
    const at = random(Math.min(bytes.length, random(4) === 0 ? Infinity : 2000))
    const change = random(8)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
    if (change === 0) bytes = Buffer.concat([before, after.subarray(1 + random(8))])
    else if (change === 1) bytes = Buffer.concat([before, Uint8Array.of(random(256)), after])
    else if (change === 2) bytes = Buffer.from(before)
    else if (at < bytes.length)
      bytes[at] = change < 5 ? random(256) : (bytes[at] ?? 0) ^ (1 << random(8))
  }
  return bytes
}

describe('refuseExternalData', () => {
  const model = Uint8Array.from(field(7, field(5, SECRET)))

  it('names the tensor and its file', () => {
    expect(() => refuseExternalData(model)).toThrow(
      new RuntimeError(
        'model: values in another file, got "w" in ".env", expected all in the model (in Node, externalData: true reads those of a local file)',
      ),
    )
  })

  it('lets what was handed over with the model pass, and nothing else', () => {
    refuseExternalData(model, { externalData: [{ path: '.env', data: new Uint8Array(8) }] })
    for (const mounted of ['', 'env', './.env']) {
      const raw = { externalData: [{ path: mounted }] }
      expect(() => refuseExternalData(model, raw)).toThrow(RuntimeError)
    }
    const two = [...text(8, 'w'), ...entry('location', '.env'), ...entry('location', 'b')]
    const twice = Uint8Array.from(field(7, field(5, two)))
    const raw = { externalData: [{ path: '.env' }, { path: 'b' }] }
    expect(() => refuseExternalData(twice, raw)).toThrow(RuntimeError)
  })
})
