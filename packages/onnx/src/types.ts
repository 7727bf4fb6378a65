// ONNX models as readonly data: what a ModelProto says, in plain objects.

/** Element types of tensors, by their common names. */
export type DataType =
  | 'float32'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'bool'
  | 'float16'
  | 'float64'
  | 'uint32'
  | 'uint64'

/** A dimension: a size, or the name of a size known only at run time, for example `batch`. */
export type Dim = number | string

/** A dense tensor: raw little-endian bytes, row-major. */
export interface TensorData {
  readonly dataType: DataType
  readonly dims: readonly number[]
  readonly bytes: Uint8Array
}

/** A weight or constant of a graph. */
export interface Initializer extends TensorData {
  readonly name: string
}

/** What is known of a value: its element type and shape; `dims` is absent where the rank is unknown. */
export interface ValueInfo {
  readonly name: string
  readonly dataType: DataType
  readonly dims?: readonly Dim[]
  readonly doc?: string
}

export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: TensorData }
  | { readonly type: 'graph'; readonly value: Graph }

/** One operator call. An absent optional input or output is the empty string. */
export interface Node {
  readonly name: string
  readonly opType: string
  /** The operator set; absent for ONNX's own. */
  readonly domain?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly doc?: string
}

/** A graph in topological order. */
export interface Graph {
  readonly name: string
  readonly nodes: readonly Node[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly initializers: readonly Initializer[]
  /** Types and shapes of inner values (value_info). */
  readonly values: readonly ValueInfo[]
  readonly doc?: string
}

/** A whole model. */
export interface Model {
  readonly irVersion: number
  /** Version of each operator set, by domain; ONNX's own domain is the empty string. */
  readonly opsets: Readonly<Record<string, number>>
  readonly graph: Graph
  readonly producerName?: string
  readonly producerVersion?: string
  readonly domain?: string
  readonly modelVersion?: number
  readonly doc?: string
  /** metadata_props: author, licence, training facts. */
  readonly metadata?: Readonly<Record<string, string>>
}
