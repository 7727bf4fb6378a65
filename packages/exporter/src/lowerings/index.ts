// The lowering table: every kernel that can be traced, and what it becomes.
import type { Kernel } from '../kernels.js'
import { convolution } from './convolution.js'
import { elementwise } from './elementwise.js'
import type { Lowering } from './lowering.js'
import { matmul } from './matmul.js'
import { movement } from './movement.js'
import { reduction } from './reduction.js'

export const lowerings: { readonly [K in Kernel]: Lowering<K> } = {
  ...convolution,
  ...elementwise,
  ...matmul,
  ...movement,
  ...reduction,
}
