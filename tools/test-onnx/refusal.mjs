// What an export gives: a model, the reason why an opset has none, or a failure.
import { OnnxError } from '@anyvae/onnx'

/** What an opset does not have, where that is what an error says; else undefined. */
function refusal(error) {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof OnnxError && each.message.includes('is not in opset')) {
      return each.message
    }
  }
  return undefined
}

/** What a step gives, or an error of its as data. */
export async function attempted(step) {
  try {
    return await step()
  } catch (error) {
    const refused = refusal(error)
    return refused === undefined ? { failed: error.message } : { refused }
  }
}
