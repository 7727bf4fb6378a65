// A MobileNet-style classifier: strided and depthwise-separable convolutions, batch normalisation, relu6.
import * as tfl from '@tensorflow/tfjs-layers'
import { builtLayers, type ModelCase, sample } from './model-case.js'

const { layers } = tfl

/** Normalised and cut off at 6, as all of MobileNet's convolutions are. */
function activated(x: tfl.SymbolicTensor, name: string): tfl.SymbolicTensor {
  const normal = layers.batchNormalization({ name: `${name}_bn` }).apply(x)
  return layers.reLU({ maxValue: 6, name: `${name}_relu` }).apply(normal) as tfl.SymbolicTensor
}

function separable(
  x: tfl.SymbolicTensor,
  { name, filters, strides }: { name: string; filters: number; strides: number },
): tfl.SymbolicTensor {
  const depthwise = layers.depthwiseConv2d({
    kernelSize: 3,
    strides,
    padding: 'same',
    useBias: false,
    name: `${name}_depthwise`,
  })
  const inner = activated(depthwise.apply(x) as tfl.SymbolicTensor, `${name}_depthwise`)
  const pointwise = layers.conv2d({
    filters,
    kernelSize: 1,
    useBias: false,
    name: `${name}_pointwise`,
  })
  return activated(pointwise.apply(inner) as tfl.SymbolicTensor, `${name}_pointwise`)
}

function build() {
  const image = tfl.input({ shape: [32, 32, 3], name: 'image' })
  const stem = layers.conv2d({
    filters: 8,
    kernelSize: 3,
    strides: 2,
    padding: 'same',
    useBias: false,
    name: 'stem',
  })
  let x = activated(stem.apply(image) as tfl.SymbolicTensor, 'stem')
  x = separable(x, { name: 'block1', filters: 16, strides: 1 })
  x = separable(x, { name: 'block2', filters: 24, strides: 2 })
  x = separable(x, { name: 'block3', filters: 24, strides: 1 })
  const pooled = layers.globalAveragePooling2d({ name: 'pool' }).apply(x)
  const kept = layers.dropout({ rate: 0.2, name: 'dropout' }).apply(pooled)
  const classes = layers.dense({ units: 10, activation: 'softmax', name: 'classes' }).apply(kept)
  return builtLayers(
    tfl.model({ inputs: image, outputs: classes as tfl.SymbolicTensor, name: 'mobilenet' }),
  )
}

export const mobilenet: ModelCase = {
  name: 'mobilenet',
  build,
  samples: () => [1, 3].map((batch) => [sample([batch, 32, 32, 3], batch)]),
}
