// Walks over the fields of serialised protobuf messages, without copying and without a library.
import { refuse } from '../error.js'

/** A cursor over the fields of a message, and of the messages in it. */
export class Fields {
  /** The field's number. */
  number = 0
  /** The value of a field that is a whole number; the length of one that has a length. */
  value = 0
  /** Whether the field is a length and so many bytes: a text, a message, or numbers in one piece. */
  delimited = false
  /** Where the field's bytes begin: those of a message are walked over next. */
  from = 0
  /** Where the field ends. */
  to = 0

  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /**
   * Goes to the field that begins at a byte; false at the end of the message.
   *
   * @throws RuntimeError where no field begins there, or it does not end within the message
   */
  read(at: number, end: number): boolean {
    if (at >= end) return false
    this.from = at
    const tag = this.varint(end)
    this.number = Math.floor(tag / 8)
    const wire = tag % 8
    this.delimited = wire === 2
    const numeric = wire === 0 || wire === 2
    if (numeric) this.value = this.varint(end)
    // Numbers of 8 and 4 bytes; 3 and 4 are groups, which ONNX has none of.
    const size = wire === 0 ? 0 : wire === 1 ? 8 : wire === 2 ? this.value : wire === 5 ? 4 : NaN
    this.to = this.from + size
    if (this.number > 0 && tag < 2 ** 32 && this.to <= end) return true
    damaged(`no field at byte ${at}`)
  }

  /** The bytes of the field as text. */
  text(): string {
    // A copy, since memory that is shared cannot be decoded.
    return new TextDecoder().decode(new Uint8Array(this.bytes.subarray(this.from, this.to)))
  }

  /** A whole number of at most ten bytes, of 7 bits each. */
  private varint(end: number): number {
    let value = 0
    for (let i = 0; i < 10 && this.from < end; i++) {
      const byte = this.bytes[this.from++] ?? 0
      value += (byte & 127) * 2 ** (7 * i)
      if (byte < 128) return value
    }
    damaged(`no whole number before byte ${this.from}`)
  }
}

/** Throws the RuntimeError of bytes that are no ONNX model. */
export function damaged(got: string): never {
  refuse('model: not readable', got, 'an ONNX model')
}
