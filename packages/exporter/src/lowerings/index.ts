// The lowering tables: every kernel that can be traced, and what it becomes.
import type { ComplexKernel, Kernel } from '../kernels.js'
import { activation } from './activation.js'
import { complex, ofComplex } from './complex.js'
import { convolution } from './convolution.js'
import { elementwise } from './elementwise.js'
import type { ComplexLowering, Lowering } from './lowering.js'
import { matmul } from './matmul.js'
import { movement } from './movement.js'
import { reduction } from './reduction.js'
import { sparse } from './sparse.js'

type RealKernel = Exclude<Kernel, ComplexKernel>

/** Kernels of real numbers. */
export const lowerings: { readonly [K in RealKernel]: Lowering<K> } = {
  ...activation,
  ...complex,
  ...convolution,
  ...elementwise,
  ...matmul,
  ...movement,
  ...reduction,
  ...sparse,
}

/** Kernels of complex numbers: those that know no others, and those that take both. */
export const complexLowerings: { readonly [K in ComplexKernel]: ComplexLowering<K> } & {
  readonly [K in RealKernel]?: ComplexLowering<K>
} = ofComplex
