// Mutations of safetensors files: the header's JSON, its length, the tensors' bytes.
import { bytesOf, textOf, type Mutator } from '../target.js'
import { concatenated, integerBytes, mutateBytes } from './bytes.js'
import { INTEGERS } from './edges.js'
import { changeJson } from './json.js'

const LENGTH = 8

/** Changes a safetensors file. */
export const mutateSafetensors: Mutator = (input, random, seeds) => {
  if (input.length < LENGTH) return mutateBytes(input, random, seeds)
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const end = Math.min(input.length, LENGTH + Number(view.getBigUint64(0, true)))
  const [header, data] = [input.subarray(LENGTH, end), input.subarray(end)]
  const whole = (json: Uint8Array, tensors: Uint8Array, length = json.length) =>
    concatenated(integerBytes(length, 8, true), json, tensors)
  return random.pick([
    () => whole(bytesOf(changeJson(textOf(header), random)), data),
    () => whole(bytesOf(changeJson(textOf(header), random)), data),
    () => whole(bytesOf(changeMetadata(textOf(header), random)), data),
    () => whole(header, data, random.pick(INTEGERS)),
    () => whole(header, data.length === 0 ? data : mutateBytes(data, random, [data])),
    () => mutateBytes(input, random, seeds),
  ])()
}

/** Changes one of the metadata's texts, which are JSON themselves. */
function changeMetadata(json: string, random: Parameters<typeof changeJson>[1]): string {
  try {
    const header = JSON.parse(json) as { __metadata__?: Record<string, string> }
    const entries = Object.entries(header.__metadata__ ?? {})
    if (entries.length === 0) return changeJson(json, random)
    const [key, text] = random.pick(entries)
    return JSON.stringify({
      ...header,
      __metadata__: { ...header.__metadata__, [key]: changeJson(text, random) },
    })
  } catch {
    return changeJson(json, random)
  }
}
