// The lowering tables: every kernel that can be traced, and what it becomes.
import type { ComplexKernel, Kernel } from '../kernels.js'
import { activation } from './activation.js'
import { complex, ofComplex } from './complex.js'
import { convolution } from './convolution.js'
import { depthwiseConvolution } from './depthwise.js'
import { dilation } from './dilation.js'
import { elementwise } from './elementwise.js'
import type { ComplexLowering, Lowering } from './lowering.js'
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

type RealKernel = Exclude<Kernel, ComplexKernel>

/** Kernels of real numbers. */
export const lowerings: { readonly [K in RealKernel]: Lowering<K> } = {
  ...activation,
  ...complex,
  ...convolution,
  ...depthwiseConvolution,
  ...dilation,
  ...elementwise,
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
export const complexLowerings: { readonly [K in ComplexKernel]: ComplexLowering<K> } & {
  readonly [K in RealKernel]?: ComplexLowering<K>
} = ofComplex
