// Mutations of a saved TensorFlow.js model in one input: the length of model.json, it, and the weights.
import { bytesOf, textOf, type Mutator } from '../target.js'
import { concatenated, integerBytes, mutateBytes } from './bytes.js'
import { changeJson } from './json.js'

/** A saved model as one input. */
export function packModel(json: string, weights: Uint8Array): Uint8Array {
  const text = bytesOf(json)
  return concatenated(integerBytes(text.length, 4, true), text, weights)
}

/** The JSON text and the weights of an input; undefined where it is too short for what it says. */
export function unpackModel(input: Uint8Array): { json: string; weights: Uint8Array } | undefined {
  if (input.length < 4) return undefined
  const length = new DataView(input.buffer, input.byteOffset).getUint32(0, true)
  if (4 + length > input.length) return undefined
  return { json: textOf(input.subarray(4, 4 + length)), weights: input.subarray(4 + length) }
}

/** Changes a saved model. */
export const mutateSavedModel: Mutator = (input, random, seeds) => {
  const model = unpackModel(input)
  if (model === undefined) return Uint8Array.from(random.pick(seeds))
  const { json, weights } = model
  return random.pick([
    () => packModel(changeJson(json, random), weights),
    () => packModel(changeJson(json, random), weights),
    () => packModel(changeJson(json, random), weights),
    () => packModel(json, weights.length === 0 ? weights : mutateBytes(weights, random, [weights])),
    () => packModel(json.slice(0, random.below(json.length)), weights),
  ])()
}
