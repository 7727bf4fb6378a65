// How the operators of ONNX are written down: their versions within the operator sets 13 to 21.

/**
 * Operators, each with its forms by the operator set since which it has them. A form lists the
 * inputs and, behind a semicolon, the attributes: `T=number, T?, index; axis`. An input is the set
 * of its element types (one of `typeSets`, or types with `|` between), a question mark where it may
 * be absent, three dots where it repeats; inputs under the same letter have the same type.
 */
export type OperatorTable = Readonly<Record<string, Readonly<Record<number, string>>>>

const floats = ['float32', 'float16', 'float64']
const signed = ['int8', 'int16', 'int32', 'int64']
const unsigned = ['uint8', 'uint16', 'uint32', 'uint64']

/** Element types that operators take together. */
export const typeSets: Readonly<Record<string, readonly string[]>> = {
  any: [...floats, ...signed, ...unsigned, 'bool'],
  number: [...floats, ...signed, ...unsigned],
  wide: [...floats, 'int32', 'int64', 'uint32', 'uint64'],
  float: floats,
  integer: [...signed, ...unsigned],
  index: ['int32', 'int64'],
  byte: ['int8', 'uint8'],
}
