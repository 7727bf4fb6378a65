// Models of one node, written by hand: the smallest that a provider can be asked to compute.

/** A node on tensors of one type. */
export interface TinyModel {
  readonly opType: string
  /** Each is a name; the same one may stand twice. */
  readonly inputs: readonly string[]
  readonly output: string
  /** ONNX's code of the element type. */
  readonly type: number
  /** Each below 128; any shape where left out. */
  readonly dims?: readonly number[]
}

/** The model, serialised: IR version 8, opset 17. */
export function tinyModel({ opType, inputs, output, type, dims }: TinyModel): Uint8Array {
  const shape =
    dims === undefined
      ? []
      : field(
          2,
          dims.flatMap((dim) => field(1, [0x08, dim])),
        )
  const value = (name: string) => [...text(1, name), ...field(2, field(1, [0x08, type, ...shape]))]
  const node = [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, opType)]
  const graph = [
    ...field(1, node),
    ...text(2, 'tiny'),
    ...[...new Set(inputs)].flatMap((name) => field(11, value(name))),
    ...field(12, value(output)),
  ]
  return Uint8Array.of(0x08, 8, ...field(7, graph), ...field(8, [0x10, 17]))
}

/** A length-delimited field of protobuf, of fewer than 128 bytes. */
function field(number: number, bytes: readonly number[]): number[] {
  return [(number << 3) | 2, bytes.length, ...bytes]
}

function text(number: number, value: string): number[] {
  return field(number, [...new TextEncoder().encode(value)])
}
