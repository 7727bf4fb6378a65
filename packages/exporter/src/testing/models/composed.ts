// Models put together: several inputs and outputs, nested models, shared layers, wrappers.
import * as tfl from '@tensorflow/tfjs-layers'
import { builtLayers, type ModelCase, sample } from './model-case.js'

const { layers } = tfl

function sequential() {
  const model = tfl.sequential({ name: 'classifier' })
  model.add(layers.dense({ units: 16, activation: 'relu', inputShape: [12], name: 'hidden' }))
  model.add(layers.batchNormalization({ name: 'normal' }))
  model.add(layers.dropout({ rate: 0.5, name: 'dropout' }))
  model.add(layers.dense({ units: 4, activation: 'softmax', name: 'classes' }))
  return builtLayers(model)
}

export const sequentialModel: ModelCase = {
  name: 'sequential',
  build: sequential,
  samples: () => [1, 5].map((batch) => [sample([batch, 12], batch)]),
}

/** One tower for two images, a nested model, and two outputs. */
function siamese() {
  const tower = tfl.sequential({ name: 'tower' })
  tower.add(
    layers.conv2d({
      filters: 4,
      kernelSize: 3,
      inputShape: [8, 8, 1],
      activation: 'tanh',
      name: 'conv',
    }),
  )
  tower.add(layers.flatten({ name: 'flat' }))
  tower.add(layers.dense({ units: 6, name: 'code' }))
  const left = tfl.input({ shape: [8, 8, 1], name: 'left' })
  const right = tfl.input({ shape: [8, 8, 1], name: 'right' })
  const codes = [left, right].map((image) => tower.apply(image) as tfl.SymbolicTensor)
  const product = layers.multiply({ name: 'product' }).apply(codes)
  const both = layers.add({ name: 'both' }).apply(codes)
  const same = layers.dense({ units: 1, activation: 'sigmoid', name: 'same' }).apply(product)
  const outputs = [same, layers.layerNormalization({ name: 'code_sum' }).apply(both)]
  return builtLayers(
    tfl.model({ inputs: [left, right], outputs: outputs as tfl.SymbolicTensor[], name: 'siamese' }),
  )
}

export const siameseModel: ModelCase = {
  name: 'siamese',
  build: siamese,
  samples: () => [[sample([2, 8, 8, 1], 1), sample([2, 8, 8, 1], 2)]],
}

function distributed() {
  const frames = tfl.input({ shape: [5, 7], name: 'frames' })
  const layer = layers.dense({ units: 3, activation: 'relu', name: 'each' })
  const each = layers.timeDistributed({ layer, name: 'distributed' }).apply(frames)
  const states = layers
    .simpleRNN({ units: 4, returnState: true, name: 'rnn', recurrentInitializer: 'glorotUniform' })
    .apply(each)
  return builtLayers(
    tfl.model({ inputs: frames, outputs: states as tfl.SymbolicTensor[], name: 'video' }),
  )
}

export const distributedModel: ModelCase = {
  name: 'time_distributed',
  build: distributed,
  samples: () => [[sample([3, 5, 7], 4)]],
}
