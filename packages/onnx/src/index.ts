// The public names of @anyvae/onnx.
export { OnnxError } from './error.js'
export type {
  Attribute,
  DataType,
  Dim,
  Graph,
  Initializer,
  Model,
  Node,
  TensorData,
  ValueInfo,
} from './types.js'
