// ONNX files and tensors: codec and checker.
import {
  checkModel,
  dataTypeBytes,
  decodeModel,
  decodeTensor,
  elementCount,
  encodeModel,
  encodeTensor,
  numbersOf,
  OnnxError,
  printModel,
  tensorOf,
} from '@anyvae/onnx'
import { mutateGraph } from '../mutators/graph.js'
import { mutateProtobuf } from '../mutators/protobuf.js'
import { oneOf } from '../mutators/bytes.js'
import { ensure, type Target } from '../target.js'
import { models } from './models.js'

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

/** What is read is the same once written and read again, also by the printer. */
export const onnxModel: Target = {
  seeds: () => models().map((model) => encodeModel(model)),
  mutate: oneOf(mutateProtobuf, mutateGraph),
  errors: [OnnxError],
  parse(input) {
    const model = decodeModel(input)
    const written = encodeModel(model)
    ensure(same(encodeModel(decodeModel(written)), written), 'other bytes once written and read')
    checkModel(model)
    ensure(printModel(model) === printModel(decodeModel(written)), 'another print once written')
  },
}

/** Tensors, as in a bundle's test vectors: as many values as the shape has. */
export const tensor: Target = {
  seeds: () => [
    encodeTensor({ name: 'image', ...tensorOf('float32', [2, 3], [0, 0.5, 1, -1, 1e-8, 3]) }),
    encodeTensor({ name: 'shape', ...tensorOf('int64', [2], [-1, 784]) }),
    encodeTensor({ name: 'flag', ...tensorOf('bool', [], [1]) }),
  ],
  mutate: mutateProtobuf,
  errors: [OnnxError],
  parse(input) {
    const read = decodeTensor(input)
    const count = elementCount(read.dims)
    ensure(
      read.bytes.length === count * dataTypeBytes(read.dataType),
      `${read.bytes.length} bytes of ${count} values`,
    )
    ensure(numbersOf(read).length === count, `${numbersOf(read).length} numbers of ${count}`)
    const written = encodeTensor(read)
    ensure(same(encodeTensor(decodeTensor(written)), written), 'other bytes once written and read')
  },
}
