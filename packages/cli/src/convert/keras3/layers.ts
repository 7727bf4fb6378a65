// What of Keras 3's layers is called otherwise in TensorFlow.js, or computed otherwise.
import * as tf from '@tensorflow/tfjs-core'
import { CliError } from '../../error.js'

type Fields = Readonly<Record<string, unknown>>

interface Ruled {
  readonly kind: string
  readonly config: Fields
}

/** What stands in the way, in the model of Keras 3, and the ways round it. */
export function refusal(layer: string, got: string, expected: string): CliError {
  return new CliError(
    `a model of Keras 3, whose layer ${layer} ${got}, expected ${expected}; save it with tf_keras 2, or as a SavedModel (model.export) and convert that to a graph model`,
  )
}

/** Settings that TensorFlow.js would pass over: the value that it computes with. */
const FIXED: Readonly<Record<string, Fields>> = {
  Conv1D: { groups: 1 },
  Conv2D: { groups: 1 },
  Conv3D: { groups: 1 },
  Conv2DTranspose: { output_padding: null, dilation_rate: 1 },
  Conv3DTranspose: { output_padding: null, dilation_rate: 1 },
  GRU: { reset_after: false },
  GRUCell: { reset_after: false },
  GlobalAveragePooling1D: { keepdims: false },
  GlobalAveragePooling2D: { keepdims: false },
  GlobalMaxPooling1D: { keepdims: false },
  GlobalMaxPooling2D: { keepdims: false },
  LayerNormalization: { rms_scaling: false },
  UpSampling2D: { interpolation: 'nearest' },
}

/** Activations by the names of Keras 3. Its hard sigmoid is another function than that of Keras 2. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  silu: 'swish',
  log_softmax: 'logSoftmax',
}
const OTHER_ACTIVATIONS = ['hard_sigmoid', 'hard_silu', 'hard_swish']

/** A layer in TensorFlow.js's words. */
export function layerRule(kind: string, config: Fields, layer: string): Ruled {
  checkFixed(kind, config, layer)
  const worded = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      /activation$/.test(key) ? activationOf(value, layer) : value,
    ]),
  )
  if (kind === 'InputLayer') return { kind, config: inputConfig(config) }
  if (kind === 'LeakyReLU') return { kind, config: renamed(worded, 'negative_slope', 'alpha') }
  if (kind === 'ReLU') return rectifier(worded, layer)
  if (!isKnown(kind)) {
    throw refusal(
      layer,
      `is a ${kind}, which TensorFlow.js lacks`,
      'layers that it has, or a module that has the others (--layers my-layers.mjs)',
    )
  }
  return { kind, config: worded }
}

function isKnown(kind: string): boolean {
  return Object.hasOwn(tf.serialization.SerializationMap.getMap().classNameMap, kind)
}

function inputConfig({
  batch_shape: shape,
  batch_input_shape: other,
  name,
  dtype,
}: Fields): Fields {
  return { batch_input_shape: shape ?? other, name, dtype, sparse: false }
}

function renamed(config: Fields, from: string, to: string): Fields {
  const { [from]: value, ...others } = config
  return value === undefined ? config : { ...others, [to]: value }
}

/** TensorFlow.js's ReLU has a largest value alone. */
function rectifier(config: Fields, layer: string): Ruled {
  const { negative_slope: slope, threshold, max_value: most, ...others } = config
  if ((threshold ?? 0) !== 0 || ((slope ?? 0) !== 0 && (most ?? null) !== null)) {
    throw refusal(
      layer,
      'is a ReLU with a threshold, or with a slope and a largest value',
      'one of the two',
    )
  }
  if ((slope ?? 0) !== 0) return { kind: 'LeakyReLU', config: { ...others, alpha: slope } }
  return {
    kind: 'ReLU',
    config: { ...others, ...((most ?? null) === null ? {} : { max_value: most }) },
  }
}

function activationOf(value: unknown, layer: string): unknown {
  if (typeof value !== 'string') return value
  if (OTHER_ACTIVATIONS.includes(value)) {
    throw refusal(
      layer,
      `has the activation ${value}`,
      'one that TensorFlow.js computes as Keras 3 does',
    )
  }
  const name = ACTIVATIONS[value] ?? value
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return isKnown(name) || !isKnown(camel) ? name : camel
}

function checkFixed(kind: string, config: Fields, layer: string): void {
  for (const [setting, only] of Object.entries(FIXED[kind] ?? {})) {
    const value = config[setting]
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (value !== undefined && !values.every((each) => each === only)) {
      throw refusal(
        layer,
        `has ${setting} ${JSON.stringify(value)}`,
        `${JSON.stringify(only)}, as TensorFlow.js computes it`,
      )
    }
  }
}
