// Gives the layers of a model their weights where the names in the file are Keras 3's.
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { CliError } from '../../error.js'

type Entry = tf.io.WeightsManifestEntry
type Weight = tfl.LayersModel['weights'][number]

/** A weight of the model, the layers around it, outermost first, and its name within the last. */
interface Target {
  readonly path: readonly string[]
  readonly base: string
  readonly weight: Weight
}

/**
 * Sets all weights of a model from those of a file: by the names of the layers where the file has them,
 * else in order. Shapes must be the same, and the weights' own names, such as `kernel`, where they are
 * known ones.
 *
 * @throws CliError naming the first weight that does not fit
 */
export function setWeights(
  model: tfl.LayersModel,
  specs: readonly Entry[],
  data: tf.io.WeightData,
): void {
  // Each weight is decoded under its place, since several may have the same name.
  const decoded = tf.io.decodeWeights(
    data,
    specs.map((spec, i) => ({ ...spec, name: String(i) })),
  )
  const entries = specs.flatMap((spec, i) =>
    /(?:^|\/)(?:seed_generator\w*|\w*seed_generator_state)(?:$|\/)/.test(spec.name)
      ? []
      : [{ ...spec, place: i }],
  )
  const targets = targetsOf(model, [])
  const order = byLayers(targets, entries) ?? inOrder(targets, entries)
  targets.forEach(({ weight }, i) => {
    const value = decoded[String(order[i])]
    if (value !== undefined) weight.write(value)
  })
  tf.dispose(decoded)
}

interface Placed extends Entry {
  readonly place: number
}

function targetsOf(model: tfl.LayersModel, around: readonly string[]): Target[] {
  return model.layers.flatMap((layer) => {
    const path = [...around, layer.name]
    if ('layers' in layer) return targetsOf(layer as tfl.LayersModel, path)
    return layer.weights.map((weight) => ({ path, base: baseOf(weight.originalName), weight }))
  })
}

/** The last part of a name, without the number that makes it unique. */
function baseOf(name: string): string {
  return (name.split('/').at(-1) ?? name).replace(/_\d+$/, '').replace(/:\d+$/, '')
}

/** For each target the place of its weight, found by the layer's name; undefined where names do not tell. */
function byLayers(targets: readonly Target[], entries: readonly Placed[]): number[] | undefined {
  const layers = new Map<string, Target[]>()
  targets.forEach((target) => {
    const key = target.path.join('/')
    layers.set(key, [...(layers.get(key) ?? []), target])
  })
  const found = new Map<Target, number>()
  for (const group of layers.values()) {
    const path = group[0]?.path ?? []
    const named = entries.filter(({ name }) => isWithin(name.split('/').slice(0, -1), path))
    if (named.length !== group.length) return undefined
    const bases = new Set(named.map(({ name }) => baseOf(name)))
    const isTelling = bases.size === named.length && group.every(({ base }) => bases.has(base))
    group.forEach((target, i) => {
      const entry = isTelling ? named.find(({ name }) => baseOf(name) === target.base) : named[i]
      if (entry !== undefined && fits(target, entry)) found.set(target, entry.place)
    })
  }
  const places = targets.flatMap((target) => found.get(target) ?? [])
  const isWhole = places.length === targets.length && new Set(places).size === entries.length
  return isWhole ? places : undefined
}

/** Whether a name's parts hold the layer's name and, in their order, those of the models around it. */
function isWithin(parts: readonly string[], path: readonly string[]): boolean {
  const [layer = '', ...around] = path.toReversed()
  const at = parts.lastIndexOf(layer)
  if (at < 0) return false
  const before = parts.slice(0, at)
  return around.length === 0 || before.length === 0 || around.some((name) => before.includes(name))
}

/** The weights one after another, as Keras lists them. */
function inOrder(targets: readonly Target[], entries: readonly Placed[]): number[] {
  if (targets.length !== entries.length) {
    throw new CliError(
      `weightsManifest: has not the weights of the model's layers, got ${entries.length}, expected ${targets.length}, the first of layer ${targets[0]?.path.join('/') ?? 'none'}`,
    )
  }
  return targets.map((target, i) => {
    const entry = entries[i]
    if (entry === undefined || !fits(target, entry)) {
      throw new CliError(
        `weightsManifest: a weight does not fit, got ${entry?.name ?? 'nothing'} of shape [${entry?.shape.join(', ') ?? ''}], expected ${target.path.join('/')}/${target.base} of [${target.weight.shape.join(', ')}]`,
      )
    }
    return entry.place
  })
}

/** Names of weights that are the same in both; others, such as numbers, say nothing. */
const BASES =
  /^(?:kernel|bias|gamma|beta|moving_mean|moving_variance|embeddings|alpha|recurrent_kernel|depthwise_kernel|pointwise_kernel)$/

function fits({ base, weight }: Target, { name, shape }: Entry): boolean {
  const other = baseOf(name)
  const alike = base === other || base.endsWith(`_${other}`)
  return shape.join() === weight.shape.join() && (alike || !BASES.test(other) || !BASES.test(base))
}
