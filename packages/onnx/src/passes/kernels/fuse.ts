// For onnxruntime's CPU kernels alone: fewer and quicker passes over memory than ONNX's own operators take.
import type { Graph } from '../../types.js'
import { rewritten } from '../rewrite.js'
import { leakyGradient, softplus, step } from './activations.js'
import { productBias } from './product-bias.js'
import { scaledAdd } from './scaled-add.js'
import { scaledProduct } from './scaled-product.js'
import { wideSum } from './sums.js'
import { turnedGemm } from './turned-gemm.js'

/**
 * Rewrites a float32 graph for onnxruntime's CPU provider, native or WASM:
 *
 * - x * s + y and y - x * s with a single number s, from 4,096 values on, become its FusedConv, which
 *   adds in place where y is read no more (rounded once instead of twice);
 * - steps, leaky ReLU's gradient and Softplus become operators that it has vectorised (steps differ for
 *   numbers below 3e-39 and -0, Softplus by about 1e-7);
 * - biases of products that are shaped into images are added by the products (likewise);
 * - sums over all axes but a short last one go over longer rows (rounded in another order);
 * - constant factors go into products and behind sums (likewise);
 * - large operands of products are transposed by nodes of their own, or not at all (likewise).
 */
export function fuseKernels(graph: Graph): Graph {
  const rules = [
    scaledAdd,
    step,
    leakyGradient,
    softplus,
    scaledProduct,
    wideSum,
    productBias,
    turnedGemm,
  ]
  return rewritten(graph, (node, site) => {
    for (const rule of rules) {
      const change = rule(node, site)
      if (change) return change
    }
    return undefined
  })
}
