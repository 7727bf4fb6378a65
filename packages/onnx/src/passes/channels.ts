// What Conv, ConvTranspose, Gemm and MatMul have in common: weights and a bias, with a place for each output channel.
import { elementCount, int } from '../builder/value.js'
import { numbersOf, tensorOf } from '../builder/tensor.js'
import type { Dim, Initializer, Node } from '../types.js'
import { derived } from './origin.js'
import type { Change, Site } from './rewrite.js'
import { sameAs } from './rewrite.js'
import { isShaper } from './reshapes.js'
import { dimsOf, sameDims } from './scope.js'

/** A layer with constant weights, and where its output channels are. */
export interface Layer {
  readonly node: Node
  /** A change of shape behind it, which leaves channels an axis. */
  readonly shaper?: Node
  readonly weights: Initializer
  /** The bias, where there is one; of one value a channel. */
  readonly bias?: Initializer
  /** The number of output channels. */
  readonly channels: number
  /** The number of output channels of which the weights hold one block for each group. */
  readonly blocks: number
  /** The axis of the output channels in the weights. */
  readonly weightAxis: number
  /** The rank of the result. */
  readonly rank: number
  /** The axis of the channels in the result. */
  readonly axis: number
}

/**
 * The layer that makes a value which nothing but the node at hand reads, its weights and bias constant;
 * a change of shape may stand between that keeps the channels an axis.
 */
export function layerBefore(name: string | undefined, site: Site): Layer | undefined {
  const maker = site.soleMaker(name)
  const shaper = isShaper(maker) ? maker : undefined
  const node = shaper ? site.soleMaker(shaper.inputs[0]) : maker
  if (node === undefined || node.domain || !isLayer(node)) return undefined
  const weights = site.scope.constants.get(node.inputs[1] ?? '')
  const dims = dimsOf(name, site)
  if (weights?.dataType !== 'float32' || dims === undefined) return undefined
  if (node.opType === 'MatMul' && !isMatrix(node, weights, site)) return undefined
  const axis = channelAxis(dims, node, site)
  if (axis === undefined) return undefined
  const groups = node.opType === 'ConvTranspose' ? int(node, 'group', 1) : 1
  const weightAxis = weightAxisOf(node)
  const channels = (weights.dims[weightAxis] ?? 0) * groups
  const bias = biasOf(node, channels, site)
  if (bias === 'unknown') return undefined
  return {
    ...{ node, weights, channels, weightAxis, axis, rank: dims.length },
    blocks: channels / groups,
    ...(bias === undefined ? {} : { bias }),
    ...(shaper === undefined ? {} : { shaper }),
  }
}

/** Where the channels of a layer, its axis 1, are in its result, which may be of another shape. */
function channelAxis(dims: readonly Dim[], { outputs }: Node, site: Site): number | undefined {
  const from = dimsOf(outputs[0], site) ?? []
  if (from.length >= 2 && sameDims(from.slice(0, 2), dims.slice(0, 2))) return 1
  const isLast = from.length === 2 && dims.length > 0 && sameDims(from.slice(1), dims.slice(-1))
  return isLast ? dims.length - 1 : undefined
}

const layers = new Set(['Conv', 'ConvTranspose', 'MatMul'])

function isLayer({ opType, attributes: { alpha, beta } }: Node): boolean {
  if (opType !== 'Gemm') return layers.has(opType)
  return [alpha, beta].every((each) => each?.type !== 'float' || each.value === 1)
}

/** Whether a product is one of two matrices, so that its channels are axis 1. */
function isMatrix({ outputs }: Node, weights: Initializer, site: Site): boolean {
  return weights.dims.length === 2 && dimsOf(outputs[0], site)?.length === 2
}

/** Whether a layer has a place for a bias; `fuseGemm` gives MatMul one. */
export function takesBias({ node }: Layer): boolean {
  return node.opType !== 'MatMul'
}

function weightAxisOf(node: Node): number {
  if (node.opType === 'Conv') return 0
  return node.opType === 'Gemm' && int(node, 'transB', 0) === 1 ? 0 : 1
}

function biasOf(node: Node, channels: number, site: Site): Initializer | undefined | 'unknown' {
  const name = node.inputs[2] ?? ''
  if (name === '') return undefined
  const tensor = site.scope.constants.get(name)
  return tensor?.dims.length === 1 && tensor.dims[0] === channels ? tensor : 'unknown'
}

/** A constant's value for each channel, where it has no other shape than that and does not enlarge the result. */
export function perChannel(
  name: string | undefined,
  { channels, rank, axis: own }: Layer,
  site: Site,
): number[] | undefined {
  const tensor = site.scope.constants.get(name ?? '')
  if (tensor?.dataType !== 'float32' || tensor.dims.length > rank) return undefined
  const values = numbersOf(tensor)
  if (elementCount(tensor.dims) === 1) {
    return Array.from({ length: channels }, () => values[0] ?? 0)
  }
  const aligned = [...Array.from({ length: rank - tensor.dims.length }, () => 1), ...tensor.dims]
  const fits = aligned.every((dim, axis) => dim === (axis === own ? channels : 1))
  return fits ? values : undefined
}

/** The weights, each value changed by the factor of its output channel. */
export function scaledWeights(
  { weights, channels, blocks, weightAxis }: Layer,
  scale: (value: number, channel: number) => number,
): number[] {
  const inner = elementCount(weights.dims.slice(weightAxis + 1))
  const perGroup = weights.bytes.length / 4 / (channels / blocks)
  return numbersOf(weights).map((value, i) => {
    // ConvTranspose holds [in, out / group]: the inputs of a group come together, and so its outputs.
    const group = Math.floor(i / perGroup)
    return scale(value, group * blocks + (Math.floor(i / inner) % blocks))
  })
}

/** What of a layer changes, for the node at hand. */
interface LayerChange {
  readonly at: Node
  readonly bias?: readonly number[] | undefined
  readonly weights?: readonly number[] | undefined
}

/** The layer with another bias or other weights, and its change of shape, in the place of the node at hand. */
export function changedLayer(layer: Layer, site: Site, to: LayerChange): Change {
  const { node, shaper } = layer
  const initializers: Initializer[] = []
  const named = (wanted: string, dims: readonly number[], values: readonly number[]) => {
    const name = site.names.take(wanted)
    const from = site.scope.constants.get(wanted) ?? { name: wanted }
    initializers.push(derived(name, tensorOf('float32', dims, values), from))
    return name
  }
  const [input = '', before = '', ...others] = node.inputs
  const weights = to.weights ? named(before, layer.weights.dims, to.weights) : before
  const bias = to.bias ? [named(biasName(layer, to.at), [layer.channels], to.bias)] : others
  const shapers = shaper ? [shaper] : []
  const [output = ''] = resultOf(layer)
  return {
    nodes: [{ ...node, inputs: [input, weights, ...bias] }, ...shapers, sameAs(to.at, output)],
    dropped: [node, ...shapers],
    initializers,
  }
}

/** The old name of the bias says more than a new one. */
function biasName(layer: Layer, at: Node): string {
  const { node, bias } = layer
  const isNormalization = at.opType === 'BatchNormalization'
  const shift = isNormalization
    ? at.inputs[2]
    : at.inputs.find((name) => name !== resultOf(layer)[0])
  return bias?.name ?? shift ?? `${node.name}_bias`
}

function resultOf({ node, shaper }: Layer): readonly string[] {
  return (shaper ?? node).outputs
}
