// The outputs of a tf.GraphModel by the names of its signature.

interface WithOutputs {
  readonly outputNodes: readonly string[]
  readonly modelSignature?: object
}

/**
 * The names to execute a model's outputs by. `outputNodes` has the same name twice where the signature
 * takes several tensors of one node (`t:0`, `t:1`), and would give one of them twice.
 */
export function outputNamesOf(model: WithOutputs): string[] {
  const { outputNodes } = model
  const outputs = fieldOf(model.modelSignature, 'outputs')
  const keys = typeof outputs === 'object' && outputs !== null ? Object.keys(outputs) : []
  const own = new Set(outputNodes)
  const repeats = own.size < outputNodes.length && keys.length === outputNodes.length
  return repeats && [...own].every((name) => keys.includes(name)) ? keys : [...outputNodes]
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
