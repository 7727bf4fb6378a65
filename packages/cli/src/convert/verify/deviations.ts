// Where TensorFlow.js's cpu backend computes something else than it documents, and ONNX does not.

/** What in a model explains other values, as the beginning of a clause; undefined where nothing does. */
export function knownDeviation(model: object): string | undefined {
  const odd = layersOf(model).find(({ axis, rank }) => rank !== undefined && axis !== rank - 1)
  return (
    odd &&
    `${odd.name} normalises along axis ${odd.axis}, where TensorFlow.js's cpu backend takes the numbers of the last axis against its own documentation, and ONNX does not; `
  )
}

interface Normalisation {
  readonly name: string
  readonly axis: number
  readonly rank: number | undefined
}

/** The batch normalisations of a model of layers, those of models within it too. */
function layersOf(model: object): Normalisation[] {
  const layers = Reflect.get(model, 'layers') as unknown
  const list: readonly unknown[] = Array.isArray(layers) ? layers : []
  return list.flatMap((layer) => {
    if (typeof layer !== 'object' || layer === null) return []
    return [...normalisationOf(layer), ...layersOf(layer)]
  })
}

interface LayerLike {
  readonly name: string
  readonly axis: number
  readonly inputSpec?: readonly { readonly ndim?: number }[] | null
  getClassName(): string
}

function normalisationOf(layer: object): Normalisation[] {
  if (!('getClassName' in layer && 'axis' in layer && 'name' in layer)) return []
  const { name, axis, inputSpec, ...rest } = fieldsOfLayer(layer as LayerLike)
  if (rest.kind !== 'BatchNormalization' || typeof axis !== 'number') return []
  const rank = inputSpec?.[0]?.ndim
  return [{ name, axis: axis < 0 && rank !== undefined ? axis + rank : axis, rank }]
}

function fieldsOfLayer(layer: LayerLike) {
  const { name, axis, inputSpec } = layer
  return { name, axis, inputSpec, kind: layer.getClassName() }
}
