// Puts the scaling and shifting behind a layer, BatchNormalization above all, into its weights and its bias.
import { numbersOf } from '../builder/tensor.js'
import type { Graph, Node } from '../types.js'
import {
  changedLayer,
  type Layer,
  layerBefore,
  perChannel,
  scaledWeights,
  takesBias,
} from './channels.js'
import { rewritten, type Rule, type Site } from './rewrite.js'

/**
 * Makes one of Conv, ConvTranspose or Gemm with constant weights and a BatchNormalization in inference
 * mode, or a Mul, Div or Sub by a constant per channel, behind it; of a MatMul and a Mul or Div. Weights
 * read elsewhere too are not copied, so such layers stay as they are, and so do those of which a weight
 * or a bias would leave the range of float32. Values may differ by their rounding to float32.
 */
export function foldAffine(graph: Graph): Graph {
  return rewritten(graph, affineIntoLayer)
}

/** x becomes x * scale + shift in each channel. */
interface Affine {
  readonly scale?: readonly number[]
  readonly shift?: readonly number[]
}

const affineIntoLayer: Rule = (node, site) => {
  const operands = node.opType === 'Mul' ? [node.inputs, node.inputs.toReversed()] : [node.inputs]
  for (const [value, ...constants] of operands) {
    const layer = layerBefore(value, site)
    const affine = layer && affineOf(node, constants, { layer, site })
    if (layer === undefined || affine === undefined) continue
    if (affine.shift && !takesBias(layer)) continue
    // A changed copy of large weights beside the old ones would enlarge the file.
    if (affine.scale && !site.copyable(layer.weights.name)) return undefined
    const bias = shiftedBias(layer, affine)
    const { scale } = affine
    const weights =
      scale && scaledWeights(layer, (weight, channel) => weight * (scale[channel] ?? 1))
    if (![...(bias ?? []), ...(weights ?? [])].every(keepsPrecision)) continue
    return changedLayer(layer, site, { at: node, bias, weights })
  }
  return undefined
}

/** The smallest float32 that has all its digits. */
const LEAST_NORMAL = 2 ** -126

/** Whether a value is in float32's range: what overflows or vanishes no later scale brings back. */
function keepsPrecision(value: number): boolean {
  const rounded = Math.abs(Math.fround(value))
  return value === 0 || (rounded >= LEAST_NORMAL && rounded < Infinity)
}

function affineOf(
  node: Node,
  constants: readonly string[],
  { layer, site }: Omit<Place, 'constants'>,
): Affine | undefined {
  if (node.opType === 'BatchNormalization') return normalization(node, { constants, layer, site })
  const values = constants.map((name) => perChannel(name, layer, site))
  const [first] = values
  if (!values.every((each) => each !== undefined) || first === undefined) return undefined
  if (values.length !== 1) return undefined
  if (node.opType === 'Mul') return { scale: first }
  if (node.opType === 'Div') return { scale: first.map((each) => 1 / each) }
  if (node.opType === 'Sub') return { shift: first.map((each) => -each) }
  return undefined
}

interface Place {
  readonly constants: readonly string[]
  readonly layer: Layer
  readonly site: Site
}

/** scale * (x - mean) / sqrt(variance + epsilon) + bias, from the operator's own definition. */
function normalization(node: Node, { constants, layer, site }: Place): Affine | undefined {
  const tensors = constants.map((name) => site.scope.constants.get(name))
  const isWhole = tensors.every((tensor) => {
    return tensor?.dataType === 'float32' && tensor.bytes.length === 4 * layer.channels
  })
  const { epsilon, training_mode } = node.attributes
  if (!isWhole || layer.axis !== 1 || node.outputs.length !== 1) return undefined
  if (training_mode?.type === 'int' && training_mode.value === 1) return undefined
  const [gamma = [], beta = [], mean = [], variance = []] = tensors.map((tensor) =>
    tensor ? numbersOf(tensor) : [],
  )
  const floor = epsilon?.type === 'float' ? epsilon.value : 1e-5
  const scale = gamma.map((each, i) => each / Math.sqrt((variance[i] ?? 0) + floor))
  return { scale, shift: beta.map((each, i) => each - (mean[i] ?? 0) * (scale[i] ?? 0)) }
}

/** The bias behind the change, if any, computed in double precision and rounded once. */
function shiftedBias({ bias, channels }: Layer, { scale, shift }: Affine): number[] | undefined {
  if (bias === undefined && shift === undefined) return undefined
  const before = bias && numbersOf(bias)
  return Array.from({ length: channels }, (_, i) => {
    return (before?.[i] ?? 0) * (scale?.[i] ?? 1) + (shift?.[i] ?? 0)
  })
}
