// Variable-length integers of the protobuf wire format, 64 bits wide without a Long library.
import protobuf from 'protobufjs/minimal.js'
import { OnnxError } from '../error.js'

interface Cursor {
  readonly buf: Uint8Array
  pos: number
  readonly len: number
}

/** Reads a varint's low 64 bits and moves the cursor behind it. */
function readVarint(cursor: Cursor): bigint {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.pos < cursor.len ? cursor.buf[cursor.pos++] : undefined
    if (byte === undefined) break
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return value
  }
  throw new OnnxError(`protobuf: broken integer, got no end by byte ${cursor.pos}`)
}

/** A reader whose 64-bit integers are numbers, not Longs; one that a number cannot hold is refused. */
export function safeReader(bytes: Uint8Array): protobuf.Reader {
  const reader = new protobuf.Reader(bytes)
  return Object.assign(reader, { int64: () => safeInteger(reader) })
}

function safeInteger(cursor: Cursor): number {
  const first = cursor.pos < cursor.len ? cursor.buf[cursor.pos] : undefined
  if (first !== undefined && first < 128) {
    cursor.pos += 1
    return first
  }
  const value = BigInt.asIntN(64, readVarint(cursor))
  if (Number.isSafeInteger(Number(value))) return Number(value)
  throw new OnnxError(`protobuf: integer too large, got ${value}, expected a safe integer`)
}

/** All varints of a packed field, as 64-bit two's complement. */
export function unpackVarints(bytes: Uint8Array): BigInt64Array {
  const cursor = { buf: bytes, pos: 0, len: bytes.length }
  const values: bigint[] = []
  while (cursor.pos < cursor.len) values.push(BigInt.asIntN(64, readVarint(cursor)))
  return BigInt64Array.from(values)
}
