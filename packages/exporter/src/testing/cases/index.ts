// The table of op cases: each is run in TensorFlow.js and, traced, in ONNX Runtime.
import type { OpCase } from './case.js'
import { activation } from './activation.js'
import { arithmetic } from './arithmetic.js'
import { complex } from './complex.js'
import { convolution } from './convolution.js'
import { creation } from './creation.js'
import { depthwise } from './depthwise.js'
import { dilation } from './dilation.js'
import { drawing } from './drawing.js'
import { elementwise } from './elementwise.js'
import { image } from './image.js'
import { indexing } from './indexing.js'
import { logic } from './logic.js'
import { matmul } from './matmul.js'
import { movement } from './movement.js'
import { normalization } from './normalization.js'
import { padding } from './padding.js'
import { pooling } from './pooling.js'
import { ragged } from './ragged.js'
import { reduction } from './reduction.js'
import { scan } from './scan.js'
import { search } from './search.js'
import { segment } from './segment.js'
import { selection } from './selection.js'
import { sequence } from './sequence.js'
import { slicing } from './slicing.js'
import { softmaxes } from './softmax.js'
import { sparse } from './sparse.js'
import { sparseRows } from './sparse-rows.js'
import { volumes } from './volumes.js'

export const cases: readonly OpCase[] = [
  ...activation,
  ...arithmetic,
  ...complex,
  ...convolution,
  ...creation,
  ...depthwise,
  ...dilation,
  ...drawing,
  ...elementwise,
  ...image,
  ...indexing,
  ...logic,
  ...matmul,
  ...movement,
  ...normalization,
  ...padding,
  ...pooling,
  ...ragged,
  ...reduction,
  ...scan,
  ...search,
  ...segment,
  ...selection,
  ...sequence,
  ...slicing,
  ...softmaxes,
  ...sparse,
  ...sparseRows,
  ...volumes,
]
