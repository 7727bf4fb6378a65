// All passes together, until none finds anything more.
import type { Graph } from '../types.js'
import { foldAffine } from './affine.js'
import { foldBiases } from './bias.js'
import { removeBroadcasts } from './broadcasts.js'
import { removeDeadNodes, removeUnusedInitializers } from './dead.js'
import { foldConstants } from './fold.js'
import { fuseGemm } from './gemm.js'
import { removeIdioms } from './idioms.js'
import { mergeInitializers } from './initializers.js'
import { restoreNames } from './names.js'
import { mergeReshapes } from './reshapes.js'
import { settled, type Pass } from './settled.js'
import { eliminateCommonSubexpressions } from './subexpressions.js'
import { pushTransposes } from './transposes.js'
import { foldIntoWeights } from './weights.js'

const passes: readonly Pass[] = [
  removeDeadNodes,
  removeUnusedInitializers,
  foldConstants,
  removeIdioms,
  removeBroadcasts,
  mergeInitializers,
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
 * Expects a graph that `checkModel` accepts.
 */
export function optimizeGraph(graph: Graph): Graph {
  return restoreNames(removeUnusedInitializers(settled(graph, passes)))
}
