// The search for external data in a model's bytes, against what the whole decoder reads of them.
import { decodeModel, encodeModel, encodeModelParts, OnnxError } from '@anyvae/onnx'
import { externalTensors, RuntimeError } from '@anyvae/runtime'
import { oneOf } from '../mutators/bytes.js'
import { mutateGraph } from '../mutators/graph.js'
import { mutateProtobuf } from '../mutators/protobuf.js'
import { ensure, type Target } from '../target.js'
import { models } from './models.js'

/** The files that the decoder asks for; undefined where it refuses the model for another reason. */
function filesRead(input: Uint8Array): string[] | undefined {
  const files: string[] = []
  try {
    decodeModel(input, ({ location, length }) => {
      files.push(location)
      // What is longer than the input is no seed's, and would be allocated.
      if (length > 2 ** 20) throw new OnnxError('fuzz: a long tensor')
      return new Uint8Array(length)
    })
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error
    return files.length > 0 ? files : undefined
  }
  return files
}

/** A model in which nothing is found has no external data for the decoder either. */
export const externalData: Target = {
  seeds: () =>
    models().flatMap((model) => [
      encodeModel(model),
      encodeModelParts(model, { dataFile: '.env', threshold: 1, limit: 0 }).model,
    ]),
  mutate: oneOf(mutateProtobuf, mutateProtobuf, mutateGraph),
  errors: [RuntimeError],
  parse(input) {
    const found = externalTensors(input)
    const files = filesRead(input)
    ensure(
      files === undefined || files.length === 0 || found.length > 0,
      `found nothing, but the decoder reads ${JSON.stringify(files)}`,
    )
  },
}
