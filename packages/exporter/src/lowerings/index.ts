// The lowering tables: every kernel that can be traced, and what it becomes.
import { activation } from './activation.js'
import { binary } from './arithmetic.js'
import { complex, type ComplexTable, ofComplex, type RealTable } from './complex.js'
import { convolution } from './convolution.js'
import { depthwiseConvolution } from './depthwise.js'
import { dilation } from './dilation.js'
import { elementwise } from './elementwise.js'
import { logic } from './logic.js'
import { matmul } from './matmul.js'
import { movement } from './movement.js'
import { normalization } from './normalization.js'
import { poolGradients } from './pool-gradients.js'
import { pooling } from './pooling.js'
import { reduction } from './reduction.js'
import { scan } from './scan.js'
import { search } from './search.js'
import { segment } from './segment.js'
import { sequence } from './sequence.js'
import { softmaxes } from './softmax.js'
import { sparse } from './sparse.js'

/** Kernels of real numbers. */
export const lowerings: RealTable = {
  ...activation,
  ...binary,
  ...complex,
  ...convolution,
  ...depthwiseConvolution,
  ...dilation,
  ...elementwise,
  ...logic,
  ...matmul,
  ...movement,
  ...normalization,
  ...poolGradients,
  ...pooling,
  ...reduction,
  ...scan,
  ...search,
  ...segment,
  ...sequence,
  ...softmaxes,
  ...sparse,
}

/** Kernels of complex numbers: those that know no others, and those that take both. */
export const complexLowerings: ComplexTable = ofComplex(lowerings)
