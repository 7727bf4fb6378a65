// The lowering tables: every kernel that can be traced, and what it becomes.
import { activation } from './activation.js'
import { binary } from './arithmetic.js'
import { complex, type ComplexTable, ofComplex, type RealTable } from './complex.js'
import { convolution } from './convolution.js'
import { creation } from './creation.js'
import { cropping } from './crop.js'
import { depthwiseConvolution } from './depthwise.js'
import { dilation } from './dilation.js'
import { drawing } from './drawing.js'
import { elementwise } from './elementwise.js'
import { gathering } from './gather.js'
import { logic } from './logic.js'
import { matmul } from './matmul.js'
import { movement } from './movement.js'
import { padding } from './padding.js'
import { normalization } from './normalization.js'
import { poolGradients } from './pool-gradients.js'
import { pooling } from './pooling.js'
import { ragged } from './ragged.js'
import { raggedDense } from './ragged-dense.js'
import { reduction } from './reduction.js'
import { resizeGradients } from './resize-gradient.js'
import { resizing } from './resize.js'
import { rotation } from './rotation.js'
import { scan } from './scan.js'
import { scattering } from './scatter.js'
import { search } from './search.js'
import { segment } from './segment.js'
import { selection } from './selection.js'
import { sequence } from './sequence.js'
import { slicing } from './slicing.js'
import { softmaxes } from './softmax.js'
import { sparse } from './sparse.js'
import { sparseRows } from './sparse-rows.js'
import { transformation } from './transformation.js'

/** Kernels of real numbers. */
export const lowerings: RealTable = {
  ...activation,
  ...binary,
  ...complex,
  ...convolution,
  ...creation,
  ...cropping,
  ...depthwiseConvolution,
  ...dilation,
  ...drawing,
  ...elementwise,
  ...gathering,
  ...logic,
  ...matmul,
  ...movement,
  ...padding,
  ...normalization,
  ...poolGradients,
  ...pooling,
  ...ragged,
  ...raggedDense,
  ...reduction,
  ...resizeGradients,
  ...resizing,
  ...rotation,
  ...scan,
  ...scattering,
  ...search,
  ...segment,
  ...selection,
  ...sequence,
  ...slicing,
  ...softmaxes,
  ...sparse,
  ...sparseRows,
  ...transformation,
}

/** Kernels of complex numbers: those that know no others, and those that take both. */
export const complexLowerings: ComplexTable = ofComplex(lowerings)
