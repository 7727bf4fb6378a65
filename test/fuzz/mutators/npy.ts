// Mutations of .npy files: their header's fields, its length, and the values behind it.
import type { Random } from '../random.js'
import { bytesOf, type Mutator } from '../target.js'
import { concatenated, integerBytes, mutateBytes } from './bytes.js'
import { INTEGERS, NUMERALS } from './edges.js'
import { changeText } from './text.js'

interface Parts {
  readonly version: number
  readonly text: string
  readonly data: Uint8Array
}

const MAGIC = Uint8Array.from('\x93NUMPY', (character) => character.charCodeAt(0))

/** The parts of a file with a whole header; undefined for others. */
function partsOf(bytes: Uint8Array): Parts | undefined {
  if (bytes.length < 12) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes[6] ?? 0
  const start = version === 1 ? 10 : 12
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true))
  if (end > bytes.length) return undefined
  const text = Array.from(bytes.subarray(start, end), (byte) => String.fromCharCode(byte)).join('')
  return { version, text, data: bytes.subarray(end) }
}

function written({ version, text, data }: Parts, length?: number): Uint8Array {
  const header =
    version >= 3
      ? bytesOf(text)
      : Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)
  const size = integerBytes(length ?? header.length, version === 1 ? 2 : 4, true)
  return concatenated(MAGIC, Uint8Array.of(version, 0), size, header, data)
}

const DESCR = [
  "'<f4'",
  "'>f4'",
  "'|u1'",
  "'<u1'",
  "'=f4'",
  "'f4'",
  "'<f2'",
  "'<f8'",
  "'<i8'",
  "'>u8'",
  "'|b1'",
  "'<c8'",
  "'|O'",
  "'<U3'",
  "'|S4'",
  "'<M8[ns]'",
  "'V4'",
  "[('a', '<f4')]",
  '"<f4"',
  "b'<f4'",
  "u'<f4'",
  'None',
  "'<f3'",
  "'<f16'",
  "'|u01'",
  "''",
  "'<'",
  "('<f4',)",
] as const
const ORDERS = [
  'False',
  'True',
  'false',
  'true',
  '0',
  '1',
  'None',
  "'False'",
  'not False',
  '0.0',
  'Fals',
  '',
] as const

function shapeOf(random: Random): string {
  const dims = Array.from({ length: random.below(5) }, () =>
    random.chance(0.5) ? String(random.pick(INTEGERS)) : random.pick(NUMERALS),
  )
  const comma = random.chance(0.8) ? ',' : ''
  return random.pick([
    `(${dims.join(', ')}${comma})`,
    `(${dims.join(', ')})`,
    `[${dims.join(', ')}]`,
    dims.join(','),
    '()',
    'None',
  ])
}

/** Other sizes with the same product: signs, ones, halves and doubles, and floats for whole numbers. */
function reshaped(text: string, random: Random): string {
  return text.replace(/('shape':\s*)\(([^)]*)\)/, (_, key: string, list: string) => {
    const dims = list.split(',').flatMap((dim) => (dim.trim() === '' ? [] : [Number(dim)]))
    const [a, b] = [random.below(dims.length), random.below(dims.length)]
    const factor = random.pick([-1, -1, 2, 0.5, 3])
    const scaled = dims.map((dim, i) => dim * (i === a ? factor : 1) * (i === b ? 1 / factor : 1))
    const changed = random.pick([
      scaled,
      scaled,
      [1, ...dims],
      [...dims, 1],
      dims.toReversed(),
      [dims.reduce((x, y) => x * y, 1)],
      [...dims.map((dim) => dim * 2 ** 32), 0],
      [...Array.from({ length: 64 }, () => 1), ...dims],
    ])
    return `${key}(${changed.map((dim) => `${dim},`).join(' ')})`
  })
}

/** Another value for one of the header's keys. */
function changeField(text: string, random: Random): string {
  const fields = [
    [/('descr':\s*)('[^']*')/, random.pick(DESCR)],
    [/('fortran_order':\s*)(\w+)/, random.pick(ORDERS)],
    [/('shape':\s*)(\([^)]*\))/, shapeOf(random)],
    [/('shape':\s*)(\([^)]*\))/, shapeOf(random)],
  ] as const
  const [pattern, value] = random.pick(fields)
  return text.replace(pattern, (_, key: string) => `${key}${value}`)
}

/** Keys lost, doubled, added, in another order or between other quotes. */
function changeKeys(text: string, random: Random): string {
  return random.pick([
    () => text.replace(/'(descr|fortran_order|shape)':[^:]*?, (?=['}])/, ''),
    () => text.replace('{', `{'${random.pick(['descr', 'shape', 'fortran_order', 'extra'])}': 0, `),
    () => text.replace('}', `'shape': ${shapeOf(random)}, }`),
    () => text.replaceAll("'", '"'),
    () => text.replace(', }', '}'),
    () => text.replace(/(\d+),/g, '$1L,'),
    () => text.replace('}', `}${random.pick(['}', ' # x', '\0', ' + 1', '\n\n'])}`),
    () => `${random.pick(['\n', '\n ', ' \n', '\t', '\ufeff', '\u00a0'])}${text}`,
    () => text.replace(/\s+$/, random.pick(['', '\n', ' '.repeat(64)])),
    () => text.replaceAll(' ', random.pick(['', '\t', '  ', '\u00a0', '\n'])),
  ])()
}

/** Changes a .npy file. */
export const mutateNpy: Mutator = (input, random, seeds) => {
  const parts = partsOf(input)
  if (parts === undefined) return mutateBytes(input, random, seeds)
  const { text, data } = parts
  return random.pick([
    () => written({ ...parts, text: changeField(text, random) }),
    () => written({ ...parts, text: changeField(text, random) }),
    () => written({ ...parts, text: changeKeys(text, random) }),
    () => written({ ...parts, text: reshaped(text, random) }),
    () => written({ ...parts, text: changeText(text, random) }),
    () => written(parts, random.pick(INTEGERS)),
    () => written({ ...parts, version: random.pick([0, 1, 2, 3, 4, 255]) }),
    () => written({ ...parts, data: data.subarray(0, random.below(data.length + 1)) }),
    () => written({ ...parts, data: data.length === 0 ? data : mutateBytes(data, random, [data]) }),
    () => mutateBytes(input, random, seeds),
  ])()
}
