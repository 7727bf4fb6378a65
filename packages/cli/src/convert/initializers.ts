// Spares a model that is loaded the drawing of weights that are replaced at once.

/**
 * The topology with zeros for every initializer. The saved weights take their place in any case;
 * drawing them first takes minutes for large orthogonal matrices, and needs more than tfjs-core has.
 */
export function plainInitializers<T>(topology: T): T {
  if (Array.isArray(topology)) {
    const list: readonly unknown[] = topology
    return list.map((each) => plainInitializers(each)) as T
  }
  if (typeof topology !== 'object' || topology === null) return topology
  const entries = Object.entries(topology).map(([key, value]: [string, unknown]) => {
    const isInitializer = key.endsWith('_initializer') && typeof value === 'object' && value
    return [key, isInitializer ? ZEROS : plainInitializers(value)] as const
  })
  return Object.fromEntries(entries) as T
}

const ZEROS = { class_name: 'Zeros', config: {} }
