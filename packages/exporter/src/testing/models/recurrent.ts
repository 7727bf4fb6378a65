// Text classifiers with an embedding and an LSTM, a GRU, and one in both directions.
import * as tfl from '@tensorflow/tfjs-layers'
import { builtLayers, type ModelCase, sample, words } from './model-case.js'

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
  (x) =>
    layers
      .lstm({ units: 8, dropout: 0.3, name: 'lstm', recurrentInitializer })
      .apply(x) as tfl.SymbolicTensor,
)

export const gru = textCase('gru', (x) => {
  const sequence = layers
    .gru({ units: 5, returnSequences: true, name: 'gru', recurrentInitializer })
    .apply(x)
  return layers.globalMaxPooling1d({ name: 'pool' }).apply(sequence) as tfl.SymbolicTensor
})

export const bidirectional = textCase('bidirectional', (x) => {
  const layer = layers.lstm({ units: 4, name: 'lstm', recurrentInitializer })
  const both = layers.bidirectional({ layer, mergeMode: 'concat', name: 'both' })
  return both.apply(x) as tfl.SymbolicTensor
})

/** Words that are 0 are left out, and the state that is left is an output. */
export const masked: ModelCase = {
  name: 'masked_lstm',
  build: () => {
    const ids = tfl.input({ shape: [LENGTH], name: 'ids' })
    const embedding = layers.embedding({
      inputDim: WORDS,
      outputDim: 6,
      maskZero: true,
      name: 'words',
    })
    const lstm = layers.lstm({ units: 4, returnState: true, name: 'lstm', recurrentInitializer })
    const outputs = lstm.apply(embedding.apply(ids)) as tfl.SymbolicTensor[]
    return builtLayers(tfl.model({ inputs: ids, outputs, name: 'masked' }))
  },
  samples: () => [[words([3, LENGTH], 3)]],
}

/** Cells upon each other, backwards, over sequences of any length. */
export const anyLength: ModelCase = {
  name: 'rnn_any_length',
  build: () => {
    const signal = tfl.input({ shape: [null, 3], name: 'signal' })
    const cell = [
      layers.lstmCell({ units: 4, recurrentInitializer, recurrentActivation: 'sigmoid' }),
      layers.gruCell({ units: 3, recurrentInitializer }),
    ]
    const rnn = layers.rnn({ cell, goBackwards: true, returnSequences: true, name: 'rnn' })
    const sequence = rnn.apply(signal) as tfl.SymbolicTensor
    const simple = layers.rnn({
      cell: layers.gruCell({ units: 2, recurrentInitializer }),
      name: 'last',
    })
    const outputs = [sequence, simple.apply(sequence) as tfl.SymbolicTensor]
    return builtLayers(tfl.model({ inputs: signal, outputs, name: 'any_length' }))
  },
  samples: () => [[sample([2, 5, 3])], [sample([1, 9, 3], 1)]],
}

/** Images over time. */
export const convLstm: ModelCase = {
  name: 'conv_lstm',
  build: () => {
    const film = tfl.input({ shape: [4, 6, 6, 2], name: 'film' })
    const layer = layers.convLstm2d({
      filters: 3,
      kernelSize: 3,
      padding: 'same',
      name: 'conv_lstm',
      recurrentInitializer,
    })
    const outputs = layer.apply(film) as tfl.SymbolicTensor
    return builtLayers(tfl.model({ inputs: film, outputs, name: 'film' }))
  },
  samples: () => [[sample([2, 4, 6, 6, 2])]],
}
