// The kernels that are not lowered, each with the reason and a way round.

/** Why a kernel of TensorFlow.js has no row in the lowering table. */
export interface Exception {
  readonly reason: string
  /** What to use instead. */
  readonly instead: string
}

const STRINGS = 'it works on strings, for which ONNX has no equal operator'

/** Every kernel name of tfjs-core stands either in the lowering table or here. */
export const exceptions: Readonly<Record<string, Exception>> = {
  Draw: {
    reason: 'it draws on a canvas, which is an effect',
    instead: 'return the tensor and draw it outside',
  },
  FromPixels: {
    reason: 'it reads pixels from the page, which is an effect',
    instead: 'pass the pixels as an input',
  },
  Pool: {
    reason: 'no operation of TensorFlow.js runs it',
    instead: 'tf.pool, which runs MaxPool or AvgPool',
  },
  StaticRegexReplace: { reason: STRINGS, instead: 'do the text outside and pass numbers' },
  StringNGrams: { reason: STRINGS, instead: 'do the text outside and pass numbers' },
  StringSplit: { reason: STRINGS, instead: 'do the text outside and pass numbers' },
  StringToHashBucketFast: { reason: STRINGS, instead: 'hash outside and pass numbers' },
}
