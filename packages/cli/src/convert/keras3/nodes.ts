// How layers are connected: Keras 3 writes the arguments of each call, Keras 2 lists of tensors.
import { fieldsOf } from '../saved/manifest.js'
import { refusal } from './layers.js'

/** A tensor: the layer that gives it, which of its calls, and which of that call's tensors. */
type Triple = readonly [layer: string, node: number, tensor: number]

/** One entry per call of a layer: its tensors, the last of them with the other arguments. */
export function inboundNodes(nodes: readonly unknown[], at: string): unknown[] {
  return nodes.map((node) => {
    const { args, kwargs } = fieldsOf(node)
    const others = Object.fromEntries(
      Object.entries(fieldsOf(kwargs)).filter(([key]) => key !== 'mask'),
    )
    const tensors = [args, others].flatMap((each) => tensorsIn(each))
    if (tensors.length === 0) {
      throw refusal(
        at,
        'is called without a tensor of the model',
        'calls of layers on tensors alone',
      )
    }
    const plain = Object.entries(others).filter(
      ([, value]) => tensorsIn(value).length === 0 && value !== null,
    )
    const settings = Object.fromEntries(plain.filter(([key]) => key !== 'training'))
    if (Object.keys(settings).length > 0) {
      const shown = Object.keys(settings).join(', ')
      throw refusal(at, `is called with ${shown}`, 'calls without settings of their own')
    }
    return tensors.map((triple) => [...triple, {}])
  })
}

/** The tensors in the arguments of a call, in their order. */
function tensorsIn(value: unknown): Triple[] {
  if (Array.isArray(value)) return (value as readonly unknown[]).flatMap(tensorsIn)
  if (typeof value !== 'object' || value === null) return []
  const { class_name: kind, config } = fieldsOf(value)
  if (kind !== '__keras_tensor__') return Object.values(value).flatMap(tensorsIn)
  const history = fieldsOf(config)['keras_history']
  return isTriple(history) ? [history] : []
}

/**
 * A layer with the calls of models within this one counted as TensorFlow.js counts them: the first one
 * is the making of the model itself.
 */
export function shifted(
  layer: Readonly<Record<string, unknown>>,
  models: ReadonlySet<unknown>,
): Readonly<Record<string, unknown>> {
  const { inbound_nodes: nodes } = layer
  if (!Array.isArray(nodes)) return layer
  const calls = (nodes as readonly unknown[][]).map((node) =>
    node.map((tensor) => {
      const [name, call, ...rest] = Array.isArray(tensor) ? (tensor as unknown[]) : [tensor]
      return models.has(name) ? [name, Number(call) + 1, ...rest] : tensor
    }),
  )
  return { ...layer, inbound_nodes: calls }
}

/** A model's inputs or outputs as a list, whatever structure holds them. */
export function tensorTriples(value: unknown, models: ReadonlySet<unknown>): Triple[] {
  if (isTriple(value)) {
    const [layer, call, tensor] = value
    return [models.has(layer) ? [layer, call + 1, tensor] : value]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap((each) => tensorTriples(each, models))
}

function isTriple(value: unknown): value is Triple {
  if (!Array.isArray(value)) return false
  const [layer, ...numbers] = value as readonly unknown[]
  return typeof layer === 'string' && numbers.length === 2 && numbers.every(Number.isInteger)
}
