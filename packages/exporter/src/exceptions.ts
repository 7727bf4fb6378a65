// The kernels that are not lowered, each with the reason and a way round.

/** Why a kernel of TensorFlow.js has no row in the lowering table. */
export interface Exception {
  readonly reason: string
  /** What to use instead. */
  readonly instead: string
}

const DYNAMIC = 'the shape of its result depends on values, which a trace does not know'
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
  Multinomial: {
    reason: 'it draws random numbers, and no exported graph does',
    instead: 'pass Gumbel noise as an input and take tf.argMax(tf.add(logits, noise))',
  },
  NonMaxSuppressionV3: {
    reason: DYNAMIC,
    instead: 'export boxes and scores, and select outside the graph',
  },
  NonMaxSuppressionV4: {
    reason: DYNAMIC,
    instead: 'export boxes and scores, and select outside the graph',
  },
  NonMaxSuppressionV5: {
    reason: `${DYNAMIC}, and ONNX has no soft suppression`,
    instead: 'export boxes and scores, and select outside the graph',
  },
  Pool: {
    reason: 'no operation of TensorFlow.js runs it',
    instead: 'tf.pool, which runs MaxPool or AvgPool',
  },
  RaggedGather: { reason: DYNAMIC, instead: 'dense tensors padded to one length' },
  RaggedRange: { reason: DYNAMIC, instead: 'tf.range with sizes that are known' },
  RaggedTensorToTensor: { reason: DYNAMIC, instead: 'dense tensors padded to one length' },
  SparseFillEmptyRows: { reason: DYNAMIC, instead: 'dense tensors with a mask' },
  SparseSegmentMean: {
    reason: DYNAMIC,
    instead: 'tf.unsortedSegmentSum with a known number of segments, divided by the counts',
  },
  SparseSegmentSum: {
    reason: DYNAMIC,
    instead: 'tf.unsortedSegmentSum with a known number of segments',
  },
  StaticRegexReplace: { reason: STRINGS, instead: 'do the text outside and pass numbers' },
  StringNGrams: { reason: STRINGS, instead: 'do the text outside and pass numbers' },
  StringSplit: { reason: STRINGS, instead: 'do the text outside and pass numbers' },
  StringToHashBucketFast: { reason: STRINGS, instead: 'hash outside and pass numbers' },
  Unique: { reason: DYNAMIC, instead: 'a fixed vocabulary and tf.oneHot' },
}
