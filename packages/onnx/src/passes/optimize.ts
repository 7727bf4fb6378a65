// All passes together, until none finds anything more.
import type { Graph } from '../types.js'
import { foldAffine } from './affine.js'
import { foldBiases } from './bias.js'
import { removeBroadcasts } from './broadcasts.js'
import { fuseClips } from './clips.js'
import { removeDeadNodes, removeUnusedInitializers } from './dead.js'
import { foldConstants } from './fold.js'
import { fuseGemm } from './gemm.js'
import { removeIdioms } from './idioms.js'
import { mergeInitializers, mergeSmallInitializers } from './initializers.js'
import { restoreNames } from './names.js'
import { mergeReshapes } from './reshapes.js'
import { settled, type Pass } from './settled.js'
import { eliminateCommonSubexpressions } from './subexpressions.js'
import { pushTransposes } from './transposes.js'
import { shrinkUniform } from './uniform.js'
import { foldIntoWeights } from './weights.js'

const passesWith = (merge: Pass): readonly Pass[] => [
  removeDeadNodes,
  removeUnusedInitializers,
  foldConstants,
  removeIdioms,
  removeBroadcasts,
  fuseClips,
  merge,
  eliminateCommonSubexpressions,
  mergeReshapes,
  pushTransposes,
  foldIntoWeights,
  foldBiases,
  foldAffine,
  fuseGemm,
]

/**
 * A graph that computes the same values from the same inputs under the same names, in fewer nodes.
 * Values are the same bit for bit but for sums and products that are rounded in another order: where
 * `pushTransposes` has a reduction, Softmax or Resize read another order of axes, and where
 * `foldIntoWeights`, `foldBiases`, `foldAffine` and `fuseGemm` change weights, biases or products.
 * Expects a graph that `checkModel` accepts.
 */
export function optimizeGraph(graph: Graph): Graph {
  // Layers with weights that are equal by chance each take in what stands behind them first.
  const folded = settled(graph, passesWith(mergeSmallInitializers))
  const small = settled(folded, passesWith(mergeInitializers))
  return restoreNames(removeUnusedInitializers(small))
}

const quick: readonly Pass[] = [
  removeDeadNodes,
  foldConstants,
  removeBroadcasts,
  shrinkUniform,
  mergeInitializers,
  eliminateCommonSubexpressions,
  mergeReshapes,
  fuseGemm,
  removeUnusedInitializers,
]

/**
 * As `optimizeGraph`, by the passes that take little time, twice each, and without a care for names: for
 * large graphs that are run where they are made, such as a training step.
 */
export function simplifyGraph(graph: Graph): Graph {
  return [...quick, ...quick].reduce((before, pass) => pass(before), graph)
}
