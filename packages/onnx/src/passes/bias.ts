// Puts the Add behind a convolution into the convolution's own bias.
import { numbersOf } from '../builder/tensor.js'
import type { Graph } from '../types.js'
import { changedLayer, layerBefore, perChannel, takesBias } from './channels.js'
import { rewritten, type Rule } from './rewrite.js'

/**
 * Makes one of Conv or ConvTranspose and the Add of a constant per channel: the constant becomes the
 * bias, or is added to the one that is there. Sums may differ by their rounding.
 */
export function foldBiases(graph: Graph): Graph {
  return rewritten(graph, addIntoBias)
}

const addIntoBias: Rule = (node, site) => {
  if (node.opType !== 'Add') return undefined
  for (const [value, constant] of [node.inputs, node.inputs.toReversed()]) {
    const layer = layerBefore(value, site)
    const added = layer && perChannel(constant, layer, site)
    if (layer === undefined || added === undefined || !takesBias(layer)) continue
    const before = layer.bias && numbersOf(layer.bias)
    const bias = added.map((each, channel) => (before ? (before[channel] ?? 0) + each : each))
    if (!bias.every((each) => Number.isFinite(Math.fround(each)))) continue
    return changedLayer(layer, site, { at: node, bias })
  }
  return undefined
}
