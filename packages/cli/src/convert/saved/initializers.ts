// Spares a model that is loaded the drawing of weights that are replaced at once.
import * as tf from '@tensorflow/tfjs-core'
import { CliError } from '../../error.js'

/**
 * The topology with zeros for every initializer, and without what only a training needs. The saved
 * weights take their place in any case; drawing them first takes minutes for large orthogonal matrices,
 * and needs more than tfjs-core has. Layers that declare more weights than `most` numbers are refused
 * before there is room made for them.
 */
export function plainInitializers<T>(topology: T, most: number): T {
  const limit = { most, left: most }
  const id = limits.push(limit) - 1
  if (!isRegistered()) tf.serialization.registerClass(DeclaredZeros)
  return replaced(topology, { class_name: DeclaredZeros.className, config: { id } })
}

function replaced<T>(value: T, initializer: object): T {
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value
    return list.map((each) => replaced(each, initializer)) as T
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => {
    const isObject = typeof inner === 'object' && inner !== null
    if (isObject && key.endsWith('_initializer')) return [key, initializer] as const
    if (isObject && /_(?:regularizer|constraint)$/.test(key)) return [key, null] as const
    return [key, replaced(inner, initializer)] as const
  })
  return Object.fromEntries(entries) as T
}

/** How many numbers the weights of a model have in its files, and how many of them are not made yet. */
interface Limit {
  readonly most: number
  left: number
}

const limits: Limit[] = []

/** An initializer of zeros, no more of them in one model than its files have numbers. */
class DeclaredZeros extends tf.serialization.Serializable {
  static readonly className = 'DeclaredZeros'
  readonly #id: number

  constructor({ id = -1 }: { readonly id?: number } = {}) {
    super()
    this.#id = id
  }

  apply(shape: number[], dtype?: tf.DataType): tf.Tensor {
    const limit = limits[this.#id]
    const count = shape.reduce((product, size) => product * size, 1)
    if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
      throw new CliError(
        `modelTopology: a weight has no usable shape, got ${JSON.stringify(shape)}, expected sizes from 0`,
      )
    }
    if (limit !== undefined) {
      limit.left -= count
      if (!(limit.left >= 0)) {
        throw new CliError(
          `modelTopology: its layers have more weights than the weight files, got one of shape [${shape.join(', ')}], expected ${limit.most} numbers in all`,
        )
      }
    }
    return tf.zeros(shape, dtype === 'int32' || dtype === 'bool' ? dtype : 'float32')
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { id: this.#id }
  }
}

function isRegistered(): boolean {
  const { classNameMap } = tf.serialization.SerializationMap.getMap()
  return Object.hasOwn(classNameMap, DeclaredZeros.className)
}
