// Attributes of nodes as AttributeProto.
import { OnnxError } from '../error.js'
import type { onnx } from '../proto/onnx.js'
import type { Attribute } from '../types.js'
import type { ReadExternal } from './external.js'
import { graphMessage, graphOf } from './graph.js'
import { tensorMessage, tensorOf } from './tensor.js'

type Message = onnx.AttributeProto.$Properties

// AttributeProto.AttributeType.
const codes: Readonly<Record<Attribute['type'], number>> = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
}
const types = new Map(
  Object.entries(codes).map(([type, code]) => [code, type as Attribute['type']]),
)

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** The message of one attribute; OnnxError for an integer that is none, or past 53 bits. */
export function attributeMessage(name: string, attribute: Attribute): Message {
  return { name, type: codes[attribute.type], ...valueFields(name, attribute) }
}

function valueFields(name: string, attribute: Attribute): Message {
  switch (attribute.type) {
    case 'int':
      return { i: checkedInteger(attribute.value, name) }
    case 'ints':
      return { ints: attribute.value.map((value) => checkedInteger(value, name)) }
    case 'float':
      return { f: attribute.value }
    case 'floats':
      return { floats: [...attribute.value] }
    case 'string':
      return { s: encoder.encode(attribute.value) }
    case 'strings':
      return { strings: attribute.value.map((value) => encoder.encode(value)) }
    case 'tensor':
      return { t: tensorMessage(attribute.value, '') }
    case 'graph':
      return { g: graphMessage(attribute.value) }
  }
}

function checkedInteger(value: number, name: string): number {
  if (Number.isSafeInteger(value)) return value
  throw new OnnxError(`attribute ${name}: bad integer, got ${value}, expected a safe integer`)
}

/** The attribute of a message. */
export function attributeOf(message: Message, read?: ReadExternal): Attribute {
  const name = message.name ?? ''
  const type = types.get(message.type ?? 0)
  if (type === undefined || message.refAttrName) {
    const got = message.refAttrName
      ? `a reference to ${message.refAttrName}`
      : `number ${message.type}`
    throw new OnnxError(
      `attribute ${name}: unsupported type, got ${got}, expected one of ${Object.keys(codes).join(', ')}`,
    )
  }
  return valueOf(message, type, read)
}

function valueOf(message: Message, type: Attribute['type'], read?: ReadExternal): Attribute {
  switch (type) {
    case 'int':
      return { type, value: message.i ?? 0 }
    case 'ints':
      return { type, value: message.ints ?? [] }
    case 'float':
      return { type, value: message.f ?? 0 }
    case 'floats':
      return { type, value: message.floats ?? [] }
    case 'string':
      return { type, value: decoder.decode(message.s ?? new Uint8Array(0)) }
    case 'strings':
      return { type, value: (message.strings ?? []).map((value) => decoder.decode(value)) }
    case 'tensor':
      return { type, value: unnamed(message, read) }
    case 'graph':
      return { type, value: graphOf(present(message.g, message), read) }
  }
}

function unnamed(message: Message, read?: ReadExternal) {
  const { dataType, dims, bytes } = tensorOf(present(message.t, message), read)
  return { dataType, dims, bytes }
}

function present<T>(value: T | null | undefined, message: Message): T {
  if (value !== null && value !== undefined) return value
  throw new OnnxError(`attribute ${message.name}: no value, got nothing, expected one`)
}
