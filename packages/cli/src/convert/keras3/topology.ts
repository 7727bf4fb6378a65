// Keras 3's model.json in the words of Keras 2, which are those of TensorFlow.js.
import { CliError } from '../../error.js'
import { fieldsOf } from '../saved/manifest.js'
import { layerRule, refusal } from './layers.js'
import { inboundNodes, shifted, tensorTriples } from './nodes.js'

type Fields = Readonly<Record<string, unknown>>

/** Whether Keras 3 wrote a topology: its version says so, or a shape or node in its own form. */
export function isKeras3(topology: unknown): boolean {
  const { keras_version: version } = fieldsOf(topology)
  if (typeof version === 'string' && /^\d/.test(version)) return Number.parseInt(version, 10) >= 3
  const text = JSON.stringify(topology) ?? ''
  return text.includes('"batch_shape":') || text.includes('"__keras_tensor__"')
}

/**
 * The topology as TensorFlow.js reads it.
 *
 * @throws CliError naming a layer that TensorFlow.js lacks or computes otherwise, and the way out
 */
export function kerasTwoTopology(file: string, topology: unknown): object {
  const fields = fieldsOf(topology)
  const model = fieldsOf(fields['model_config'] ?? topology)
  const text = JSON.stringify(model)
  const isMasked = text.includes('"mask_zero":true') || text.includes('"class_name":"Masking"')
  if (isMasked && text.includes('"zero_output_for_mask":true')) {
    throw new CliError(
      `${file}: ${refusal('of recurrent ones', 'gives zeros where elements are masked (zero_output_for_mask)', 'false, as TensorFlow.js computes it').message}`,
    )
  }
  try {
    return { ...fields, model_config: layerOf(model, '') }
  } catch (cause) {
    if (!(cause instanceof CliError)) throw cause
    throw new CliError(`${file}: ${cause.message}`, { cause })
  }
}

/** A layer or model, with all that stands in its configuration. */
function layerOf(layer: Fields, path: string): Fields {
  const { class_name: kind, config, name, inbound_nodes: nodes } = layer
  if (typeof kind !== 'string') return layer
  const fields = fieldsOf(config)
  const own = name ?? fields['name']
  const at = `${path}${typeof own === 'string' ? own : kind}`
  const isModel = Array.isArray(fields['layers'])
  const plain = isModel ? modelConfig(fields, at) : configOf(fields, at)
  const ruled = isModel ? { kind, config: plain } : layerRule(kind, plain, at)
  return {
    class_name: ruled.kind,
    config: ruled.config,
    ...(name === undefined ? {} : { name }),
    ...(Array.isArray(nodes) ? { inbound_nodes: inboundNodes(nodes, at) } : {}),
  }
}

/** A model's configuration: its layers, and where it has them its inputs and outputs. */
function modelConfig(config: Fields, at: string): Fields {
  const { layers, input_layers: inputs, output_layers: outputs, build_input_shape: shape } = config
  const list: readonly unknown[] = Array.isArray(layers) ? layers : []
  const models = modelNames(list)
  const made = list.map((layer) => shifted(layerOf(fieldsOf(layer), `${at}/`), models))
  const isSequence = inputs === undefined && outputs === undefined
  const withoutInput = isSequence && made[0]?.['class_name'] !== 'InputLayer'
  if (withoutInput && !Array.isArray(shape)) {
    throw refusal(at, 'has no input shape', 'a model that was built before it was saved')
  }
  const input = {
    class_name: 'InputLayer',
    config: {
      batch_input_shape: shape,
      dtype: 'float32',
      name: `${at.replace(/\W+/g, '_')}_input`,
    },
  }
  return {
    name: config['name'],
    layers: withoutInput ? [input, ...made] : made,
    ...(isSequence
      ? {}
      : {
          input_layers: tensorTriples(inputs, models),
          output_layers: tensorTriples(outputs, models),
        }),
  }
}

/** The layers that are models themselves. */
function modelNames(layers: readonly unknown[]): ReadonlySet<unknown> {
  const models = layers
    .map(fieldsOf)
    .filter(({ config }) => Array.isArray(fieldsOf(config)['layers']))
  return new Set(models.map(({ name, config }) => name ?? fieldsOf(config)['name']))
}

function configOf(config: Fields, at: string): Fields {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      key === 'dtype' ? dtypeOf(value) : valueOf(value, at),
    ]),
  )
}

/** A policy's or type's name; weights of lower precision are float32 here, as TensorFlow.js has them. */
function dtypeOf(value: unknown): unknown {
  const { config } = fieldsOf(value)
  const name = config === undefined ? value : fieldsOf(config)['name']
  return typeof name === 'string' && /float/.test(name) ? 'float32' : name
}

/** A value of a configuration: tuples are lists, functions their names, and layers are translated. */
function valueOf(value: unknown, at: string): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map((each) => valueOf(each, at))
  if (typeof value !== 'object' || value === null) return value
  const { class_name: kind, config, items } = fieldsOf(value)
  if (kind === '__tuple__') return valueOf(items, at)
  if (kind === 'function') return config
  if (typeof kind !== 'string') return configOf(fieldsOf(value), at)
  return isLayerObject(value)
    ? layerOf(fieldsOf(value), `${at}/`)
    : { class_name: kind, config: configOf(fieldsOf(config), at) }
}

/** Wrapped layers and cells, as against initializers, regularizers and the like. */
function isLayerObject(value: object): boolean {
  const { module, config } = fieldsOf(value)
  return module === undefined
    ? 'name' in fieldsOf(config)
    : typeof module === 'string' && /layers/.test(module)
}
