import { describe, expect, it } from 'vitest'
import { decodeNpy, encodeNpy, type NpyArray } from './npy.js'
import { isNpy } from './npy/header.js'

const bytes: NpyArray = { dtype: 'u1', shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) }

/** A .npy file from its header's dictionary and its values. */
function npy(dictionary: string, values: ArrayLike<number>, version = 1): Uint8Array {
  const text = dictionary.padEnd(version === 1 ? 117 : 115) + '\n'
  const length = version === 1 ? [text.length, 0] : [text.length, 0, 0, 0]
  const start = [0x93, ...new TextEncoder().encode('NUMPY'), version, 0, ...length]
  return Uint8Array.of(...start, ...new TextEncoder().encode(text), ...Array.from(values))
}

it('writes what numpy.save writes', () => {
  const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3,), }"
  expect(encodeNpy(bytes)).toEqual(npy(header, [1, 2, 3, 4, 5, 6]))
})

describe('decodeNpy', () => {
  it.each<NpyArray>([
    bytes,
    { dtype: 'b1', shape: [2], data: Uint8Array.of(0, 1) },
    { dtype: 'i2', shape: [3], data: Int16Array.of(-1, 0, 300) },
    { dtype: 'i8', shape: [2, 1], data: BigInt64Array.of(-5n, 2n ** 40n) },
    { dtype: 'f4', shape: [1, 2, 1], data: Float32Array.of(0.25, NaN) },
    { dtype: 'f8', shape: [2], data: Float64Array.of(Math.PI, 1e300) },
    { dtype: 'f8', shape: [], data: Float64Array.of(1) },
  ])('reads back $dtype of shape $shape', (array) => {
    const file = encodeNpy(array)
    expect(isNpy(file)).toBe(true)
    expect(file.length % array.data.BYTES_PER_ELEMENT).toBe(0)
    expect(decodeNpy(file, 'f')).toEqual(array)
  })

  it('reads a part of a typed array as its own', () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3)
    expect(decodeNpy(encodeNpy({ dtype: 'f4', shape: [2], data }), 'f').data).toEqual(
      Float32Array.of(1, 2),
    )
  })

  it('reads the other byte order and header version 2', () => {
    const header = "{'descr': '>u2', 'fortran_order': False, 'shape': (2,), }"
    const file = npy(header, [1, 0, 0, 7], 2)
    expect(decodeNpy(file, 'f')).toEqual({ dtype: 'u2', shape: [2], data: Uint16Array.of(256, 7) })
  })

  it('reads half floats of either byte order as float32', () => {
    const halves = [0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00]
    const data = Float32Array.of(1, -2, 1365 / 4096, 65504, 2 ** -24, -0, Infinity, -Infinity, NaN)
    const ordered = halves.map((bits) => [bits >> 8, bits & 255] as const)
    for (const order of ['<', '>']) {
      const bytes = ordered.flatMap(([high, low]) => (order === '<' ? [low, high] : [high, low]))
      const header = `{'descr': '${order}f2', 'fortran_order': False, 'shape': (9,), }`
      expect(decodeNpy(npy(header, bytes), 'f')).toEqual({ dtype: 'f4', shape: [9], data })
    }
  })

  const header = (descr: string, order = 'False') =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': (2,), }`

  it.each([
    ['another format', Uint8Array.of(1, 2, 3), 'f: no NumPy array'],
    [
      'half a header',
      encodeNpy(bytes).slice(0, 50),
      'f: truncated, got 50 bytes, expected a whole header',
    ],
    ['the magic alone', encodeNpy(bytes).slice(0, 6), 'f: truncated, got 6 bytes'],
    [
      'too few values',
      encodeNpy(bytes).slice(0, -1),
      'f: truncated, got 133 bytes, expected 134 (u1, shape 2 x 3)',
    ],
    [
      'complex numbers',
      npy(header("'<c8'"), [0, 0, 0, 0]),
      'f: values of an unknown type, got <c8, expected b1, u1',
    ],
    [
      'records',
      npy(header("[('a', '<f4')]"), [0]),
      'f: values of an unknown type, got a structured type',
    ],
    ['no shape', npy("{'descr': '|u1'}", [0]), 'f: damaged header, got no shape'],
    ['text', npy(header("'<U1'"), [0]), 'f: values of an unknown type, got <U1, expected b1'],
    ['another order of bytes', npy(header("'?u1'"), [0, 0]), 'unknown type, got ?u1'],
    ['an order of values that is no order', npy(header("'|u1'", 'Truf'), [0, 0]), 'f: damaged hea'],
    ['the number of an order', npy(header("'|u1'", '1'), [0, 0]), 'got fortran_order 1, expected'],
    [
      'a key too many',
      npy(`${header("'|u1'").slice(0, -1)}'x': 1}`, [0, 0]),
      'got the keys descr,',
    ],
    [
      'a key twice',
      npy(`${header("'|u1'").slice(0, -1)}'descr': '|u1'}`, [0, 0]),
      'the keys descr',
    ],
    [
      'a key misspelt',
      npy(header("'|u1'").replace('fortran', 'Fortran'), [0, 0]),
      'got the keys des',
    ],
    ['what stands behind', npy(`${header("'|u1'")} 1`, [0, 0]), 'expected nothing more'],
    [
      'no dictionary',
      npy('(1, 2)', [0, 0]),
      'f: damaged header, got a tuple, expected a dictionary',
    ],
    ['a header without an end', npy(header("'|u1'").slice(0, -3), [0, 0]), 'got its end at '],
    ['brackets without an end', npy('('.repeat(100), [0]), 'expected no more than 16 brackets'],
    ['an indented line', npy(`\n ${header("'|u1'")}`, [0, 0]), 'expected no indented line'],
    [
      'a byte order mark',
      npy(`\ufeff${header("'|u1'")}`, [0, 0], 3),
      'f: damaged header, got "\ufeff',
    ],
    [
      "Python 2's numbers in a version that it did not write",
      npy(header("'|u1'").replace('2,', '2L,'), [0, 0], 3),
      'got a size of 2L in the shape',
    ],
    ['a version of its own', npy(header("'|u1'"), [0, 0], 4), 'another format version, got 4.0'],
  ])('refuses %s', (_, file, message) => {
    expect(() => decodeNpy(file, 'f')).toThrow(message)
  })

  const sized = (shape: string) => `{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`

  it.each([
    ['(-1, 3, -3, 3)', 'f: damaged header, got a size of -1 in the shape, expected whole numbers'],
    ['(2.5,)', 'got a size of 2.5 in the shape'],
    ['(True,)', 'got a size of True in the shape'],
    ['(12)', 'f: damaged header, got shape 12, expected one like (10, 28, 28)'],
    ['[2]', 'got shape a list'],
    ['(02,)', 'got a size of 02 in the shape'],
    ["('2',)", "got a size of '2' in the shape"],
    ['(2,,)', 'expected a value'],
    ['(2 3)', 'expected a comma'],
    ['(1, 99999999999999999999)', 'expected no more than a file holds'],
    ['(4294967296, 4294967296)', 'expected no more than a file holds'],
    ['(0, 10000000000, 10000000000)', 'expected no more than a file holds'],
    ['(10000000000, 10000000000, 0)', 'expected no more than a file holds'],
    [`(${'1,'.repeat(65)})`, 'got 65 dimensions, expected at most 64'],
    ['(1000000000000,)', 'f: truncated, got '],
  ])('refuses shape %s before it makes room for it', (shape, message) => {
    expect(() => decodeNpy(npy(sized(shape), [1, 2, 3]), 'f')).toThrow(message)
  })

  it('refuses a header that is longer than any', () => {
    const file = npy(sized('(1,)').padEnd(20_000), [1], 2)
    new DataView(file.buffer).setUint32(8, 20_001, true)
    expect(() => decodeNpy(file, 'f')).toThrow('got one of 20001 bytes, expected at most 10000')
  })

  it("reads Python 2's long whole numbers, and other spaces and quotes", () => {
    const six = [1, 2, 3, 4, 5, 6]
    expect(decodeNpy(npy(sized('(1L, 2L, 3L)'), six), 'f').shape).toEqual([1, 2, 3])
    const loose = `{"shape":(3,2) , "descr" : "|u1","fortran_order":False}`
    expect(decodeNpy(npy(loose, six), 'f').shape).toEqual([3, 2])
    expect(decodeNpy(npy(sized('()'), [7]), 'f')).toMatchObject({ shape: [] })
  })

  it('brings Fortran order into C order, whatever the width of values', () => {
    const order = (descr: string, values: number[]) =>
      decodeNpy(npy(header(descr, 'True').replace('(2,)', '(2, 3)'), values), 'f').data
    expect([...order("'|u1'", [1, 4, 2, 5, 3, 6])]).toEqual([1, 2, 3, 4, 5, 6])
    const wide = [1, 4, 2, 5, 3, 6].flatMap((value) => [value, 0])
    expect([...order("'>u2'", wide)]).toEqual([256, 512, 768, 1024, 1280, 1536])
  })

  it.each([['nothing', new Uint8Array(), 'f: no NumPy array']])(
    'refuses %s',
    (_, file, message) => {
      expect(() => decodeNpy(file, 'f')).toThrow(message)
    },
  )
})
