// Mutations of protobuf messages on the wire: field numbers, types, varints, lengths, nesting.
import type { Random } from '../random.js'
import { bytesOf, type Mutator } from '../target.js'
import { concatenated, mutateBytes } from './bytes.js'
import { INTEGERS, TEXTS } from './edges.js'

/** A field: its number, wire type and payload (of a varint its bytes, of type 2 without the length). */
interface Field {
  readonly number: number
  readonly wire: number
  readonly payload: Uint8Array
  /** The length that is told of type 2, where it is a lie. */
  readonly length?: number
}

const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

/** A varint, padded with empty groups to at least `width` bytes. */
function varint(value: number | bigint, width = 1): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  } while (rest > 0n || bytes.length < width)
  bytes.push((bytes.pop() ?? 0) & 127)
  return Uint8Array.from(bytes)
}

/** The fields of a message; undefined where the bytes are none. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = []
  let at = 0
  const readVarint = (): number | undefined => {
    let value = 0
    for (let shift = 0; shift < 70 && at < bytes.length; shift += 7) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    return undefined
  }
  while (at < bytes.length) {
    const tag = readVarint()
    if (tag === undefined || tag < 8) return undefined
    const wire = tag % 8
    const before = at
    const length = wire === 0 || wire === 2 ? readVarint() : FIXED[wire]
    if (length === undefined) return undefined
    const start = wire === 0 ? before : at
    const end = wire === 0 ? at : at + length
    if (end > bytes.length) return undefined
    fields.push({ number: Math.floor(tag / 8), wire, payload: bytes.subarray(start, end) })
    at = end
  }
  return fields
}

function written(fields: readonly Field[]): Uint8Array {
  return concatenated(
    ...fields.flatMap(({ number, wire, payload, length = payload.length }) => {
      const tag = varint(BigInt(number) * 8n + BigInt(wire))
      return wire === 2 ? [tag, varint(length), payload] : [tag, payload]
    }),
  )
}

function randomField(random: Random): Field {
  const number = 1 + random.below(32)
  const wire = random.pick([0, 1, 2, 2, 3, 5, 6])
  if (wire === 0)
    return { number, wire, payload: varint(random.pick(INTEGERS), 1 + random.below(12)) }
  const text = bytesOf(random.pick(TEXTS))
  return { number, wire, payload: wire === 2 ? text : new Uint8Array(FIXED[wire] ?? 0) }
}

/** The message in itself, so often. */
function nested(message: Uint8Array, number: number, depth: number): Uint8Array {
  let inner = message
  for (let i = 0; i < depth && inner.length < 2 ** 18; i++)
    inner = written([{ number, wire: 2, payload: inner }])
  return inner
}

type FieldsMutation = (fields: Field[], at: number, random: Random) => Field[]

const change = (fields: Field[], at: number, by: (field: Field) => Field) =>
  fields.map((field, i) => (i === at ? by(field) : field))

const mutations: readonly FieldsMutation[] = [
  (fields, at, random) =>
    change(fields, at, (field) => ({
      ...field,
      number: random.pick([
        field.number + 1,
        Math.max(1, field.number - 1),
        random.below(64),
        2 ** 28,
      ]),
    })),
  (fields, at, random) => change(fields, at, (field) => ({ ...field, wire: random.below(8) })),
  (fields, at, random) =>
    change(fields, at, (field) =>
      field.wire === 0
        ? { ...field, payload: varint(random.pick(INTEGERS), 1 + random.below(12)) }
        : { ...field, payload: bytesOf(random.pick(TEXTS)) },
    ),
  (fields, at, random) =>
    change(fields, at, (field) =>
      field.wire === 0
        ? { ...field, payload: varint(random.below(24)) }
        : {
            ...field,
            payload:
              field.payload.length === 0
                ? field.payload
                : mutateBytes(field.payload, random, [field.payload]),
          },
    ),
  (fields, at, random) =>
    change(fields, at, (field) => ({ ...field, length: random.pick(INTEGERS) })),
  (fields, at) => fields.toSpliced(at, 1),
  (fields, at) => fields.toSpliced(at, 0, ...fields.slice(at, at + 1)),
  (fields, at, random) => fields.with(at, random.pick(fields)),
  (fields, at, random) => fields.toSpliced(at, 0, randomField(random)),
  (fields) => fields.toReversed(),
  (fields, at, random) =>
    change(fields, at, (field) => ({
      ...field,
      wire: 2,
      payload: nested(field.payload, 1 + random.below(20), random.pick([1, 2, 50, 2000])),
    })),
]

/** Changes one field of a message or of one of those within it; undefined where it is none. */
function changeMessage(bytes: Uint8Array, random: Random, depth: number): Uint8Array | undefined {
  const fields = fieldsOf(bytes)
  if (fields === undefined || fields.length === 0) return undefined
  const at = random.below(fields.length)
  const field = fields[at]
  if (field?.wire === 2 && depth < 12 && random.chance(0.75)) {
    const payload = changeMessage(field.payload, random, depth + 1)
    if (payload !== undefined) return written(fields.with(at, { ...field, payload }))
  }
  return written(random.pick(mutations)(fields, at, random))
}

/** Changes a protobuf message. */
export const mutateProtobuf: Mutator = (input, random, seeds) =>
  (random.chance(0.9) ? changeMessage(input, random, 0) : undefined) ??
  mutateBytes(input, random, seeds)
