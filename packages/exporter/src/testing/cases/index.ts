// The table of op cases: each is run in TensorFlow.js and, traced, in ONNX Runtime.
import type { OpCase } from './case.js'
import { complex } from './complex.js'
import { convolution } from './convolution.js'
import { elementwise } from './elementwise.js'
import { matmul } from './matmul.js'
import { movement } from './movement.js'
import { reduction } from './reduction.js'
import { scan } from './scan.js'
import { search } from './search.js'
import { segment } from './segment.js'
import { sequence } from './sequence.js'
import { softmaxes } from './softmax.js'
import { sparse } from './sparse.js'
import { depthwise } from './depthwise.js'
import { dilation } from './dilation.js'
import { normalization } from './normalization.js'
import { pooling } from './pooling.js'
import { volumes } from './volumes.js'

export const cases: readonly OpCase[] = [
  ...complex,
  ...convolution,
  ...elementwise,
  ...matmul,
  ...movement,
  ...reduction,
  ...scan,
  ...search,
  ...segment,
  ...sequence,
  ...softmaxes,
  ...sparse,
  ...depthwise,
  ...dilation,
  ...normalization,
  ...pooling,
  ...volumes,
]
