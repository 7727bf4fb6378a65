// Text classifiers with an embedding and an LSTM, a GRU, and one in both directions.
import * as tfl from '@tensorflow/tfjs-layers'
import { builtLayers, type ModelCase, words } from './model-case.js'

const { layers } = tfl

// The default, an orthogonal matrix, needs the chained operations that tfjs-core leaves out.
const recurrentInitializer = 'glorotUniform'

const WORDS = 50
const LENGTH = 12

type Middle = (embedded: tfl.SymbolicTensor) => tfl.SymbolicTensor

function classifier(name: string, middle: Middle) {
  const ids = tfl.input({ shape: [LENGTH], name: 'ids' })
  const embedding = layers.embedding({ inputDim: WORDS, outputDim: 6, name: 'embedding' })
  const hidden = middle(embedding.apply(ids) as tfl.SymbolicTensor)
  const classes = layers.dense({ units: 3, activation: 'softmax', name: 'classes' }).apply(hidden)
  return builtLayers(tfl.model({ inputs: ids, outputs: classes as tfl.SymbolicTensor, name }))
}

function textCase(name: string, middle: Middle): ModelCase {
  return {
    name,
    build: () => classifier(name, middle),
    samples: () => [1, 4].map((batch) => [words([batch, LENGTH], WORDS)]),
  }
}

export const lstm = textCase(
  'lstm',
  (x) => layers.lstm({ units: 8, dropout: 0.3, name: 'lstm', recurrentInitializer }).apply(x) as tfl.SymbolicTensor,
)

export const gru = textCase('gru', (x) => {
  const sequence = layers.gru({ units: 5, returnSequences: true, name: 'gru', recurrentInitializer }).apply(x)
  return layers.globalMaxPooling1d({ name: 'pool' }).apply(sequence) as tfl.SymbolicTensor
})

export const bidirectional = textCase('bidirectional', (x) => {
  const layer = layers.lstm({ units: 4, name: 'lstm', recurrentInitializer })
  const both = layers.bidirectional({ layer, mergeMode: 'concat', name: 'both' })
  return both.apply(x) as tfl.SymbolicTensor
})
