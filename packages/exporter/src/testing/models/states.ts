// Recurrent models whose states are inputs and outputs: streams, encoders and decoders.
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { type BuiltModel, builtLayers, type ModelCase, sample, words } from './model-case.js'
import { RunningMean } from './running-mean.js'

const { layers } = tfl

// The default, an orthogonal matrix, needs the chained operations that tfjs-core leaves out.
const recurrentInitializer = 'glorotUniform'

type Symbols = tfl.SymbolicTensor[]

/** A layer that takes its states, and the shape of each. */
interface Recurrent {
  readonly layer: tfl.layers.Layer
  readonly states: readonly (readonly number[])[]
  /** Default a signal of three features over any time. */
  readonly input?: readonly (number | null)[]
}

/** A model of one layer: the signal and the states go in, what the layer gives comes out. */
function stateful({ layer, states, input = [null, 3] }: Recurrent): tfl.LayersModel {
  const x = tfl.input({ shape: [...input], name: 'signal' })
  const initialState = states.map((shape, i) =>
    tfl.input({ shape: [...shape], name: `state_${i}` }),
  )
  const outputs = layer.apply(x, { initialState }) as Symbols
  return tfl.model({ inputs: [x, ...initialState], outputs, name: `${layer.name}_states` })
}

function signals({ states, input = [null, 3] }: Recurrent): tf.Tensor[][] {
  return [
    [2, 5],
    [1, 4],
  ].map(([batch = 1, time = 1]) => {
    const [length, ...rest] = input
    const x = sample([batch, length ?? time, ...rest.map(Number)])
    return [x, ...states.map((shape, i) => sample([batch, ...shape], i + 1))]
  })
}

function stateCase(name: string, recurrent: () => Recurrent): ModelCase {
  return {
    name: `states_${name}`,
    build: () => builtLayers(stateful(recurrent())),
    samples: () => signals(recurrent()),
  }
}

const lstm = (rest: Partial<Parameters<typeof layers.lstm>[0]> = {}): Recurrent => ({
  layer: layers.lstm({
    ...{ units: 4, returnState: true, returnSequences: true, name: 'lstm', recurrentInitializer },
    ...rest,
  }),
  states: [[4], [4]],
})

const single = [
  stateCase('lstm', () => lstm()),
  stateCase('lstm_last_step', () => lstm({ returnSequences: false, goBackwards: true })),
  stateCase('gru', () => ({
    layer: layers.gru({ units: 5, returnState: true, recurrentInitializer, name: 'gru' }),
    states: [[5]],
  })),
  stateCase('simple', () => ({
    layer: layers.simpleRNN({
      ...{ units: 4, returnState: true, returnSequences: true, recurrentInitializer, name: 'rnn' },
    }),
    states: [[4]],
  })),
  stateCase('stacked', () => ({
    layer: layers.rnn({
      cell: [
        layers.lstmCell({ units: 4, recurrentInitializer }),
        layers.gruCell({ units: 3, recurrentInitializer }),
      ],
      returnState: true,
      name: 'stacked',
    }),
    // The last cell's states come first.
    states: [[3], [4], [4]],
  })),
  stateCase('own_cell', () => ({
    layer: layers.rnn({ cell: new RunningMean(3), returnState: true, name: 'own' }),
    states: [[3]],
  })),
  stateCase('both_directions', () => ({
    layer: layers.bidirectional({
      layer: lstm().layer as tfl.RNN,
      mergeMode: 'concat',
      name: 'both',
    }),
    states: [[4], [4], [4], [4]],
  })),
  stateCase('conv_lstm', () => ({
    layer: layers.convLstm2d({
      ...{ filters: 3, kernelSize: 3, padding: 'same', returnState: true, name: 'film' },
      recurrentInitializer,
    }),
    states: [
      [6, 6, 3],
      [6, 6, 3],
    ],
    input: [4, 6, 6, 2],
  })),
]

/** A saved model gives its layers one list of the signal and its states. */
const loaded: ModelCase = {
  ...stateCase('loaded', () => lstm()),
  build: async () => {
    const saved: tf.io.ModelArtifacts[] = []
    const keep = tf.io.withSaveHandler((artifacts) => {
      saved.push(artifacts)
      const date = new Date(0)
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: date, modelTopologyType: 'JSON' } })
    })
    await builtFrom(stateful(lstm())).save(keep)
    const [artifacts = {}] = saved
    const model = await tfl.loadLayersModel(tf.io.fromMemory(artifacts))
    return { model, predict: (inputs) => [model.predict(inputs)].flat() }
  },
}

function builtFrom(model: tfl.LayersModel): tfl.LayersModel {
  builtLayers(model)
  return model
}

/** A model within a model, which TensorFlow.js itself refuses to run: it gives what the inner one gives. */
const nested: ModelCase = {
  ...stateCase('nested', () => lstm()),
  build: () => {
    const inner = builtFrom(stateful(lstm()))
    const inputs = inner.inputs.map(({ shape }, i) =>
      tfl.input({ shape: shape.slice(1), name: `outer_${i}` }),
    )
    const outputs = inner.apply(inputs) as Symbols
    return around(tfl.model({ inputs, outputs, name: 'nested' }), inner)
  },
}

/** A stateful layer whose states are given, which TensorFlow.js itself refuses to run. */
const told: ModelCase = {
  ...stateCase('stateful', () => lstm()),
  build: () => {
    const x = tfl.input({ batchShape: [2, 5, 3], name: 'signal' })
    const initialState = [0, 1].map((i) => tfl.input({ batchShape: [2, 4], name: `state_${i}` }))
    const outputs = lstm({ stateful: true }).layer.apply(x, { initialState }) as Symbols
    const model = builtFrom(tfl.model({ inputs: [x, ...initialState], outputs, name: 'told' }))
    return around(model, builtFrom(stateful(lstm())))
  },
  samples: () => signals(lstm()).slice(0, 1),
}

function around(model: tfl.LayersModel, same: tfl.LayersModel): BuiltModel {
  return { model, predict: (inputs) => [same.predict(inputs)].flat() }
}

/** A decoder that begins with the states that an encoder ends with, in one model. */
const translator: ModelCase = {
  name: 'states_translator',
  build: () => {
    const [source, target] = ['source', 'target'].map((name) =>
      tfl.input({ shape: [null, 3], name }),
    )
    const encoder = layers.lstm({ units: 4, returnState: true, recurrentInitializer, name: 'read' })
    const [, ...initialState] = encoder.apply(source ?? []) as Symbols
    const outputs = lstm().layer.apply(target ?? [], { initialState }) as Symbols
    const inputs = [source, target].flatMap((each) => each ?? [])
    return builtLayers(tfl.model({ inputs, outputs, name: 'translator' }))
  },
  samples: () => [[sample([2, 6, 3]), sample([2, 4, 3], 1)]],
}

/** Words that are 0 leave the given state as it is. */
const maskedState: ModelCase = {
  name: 'states_masked',
  build: () => {
    const ids = tfl.input({ shape: [null], name: 'ids' })
    const state = tfl.input({ shape: [4], name: 'state' })
    const embedding = layers.embedding({ inputDim: 3, outputDim: 6, maskZero: true, name: 'words' })
    const gru = layers.gru({ units: 4, returnState: true, recurrentInitializer, name: 'gru' })
    const [last] = gru.apply(embedding.apply(ids), { initialState: [state] }) as Symbols
    return builtLayers(tfl.model({ inputs: [ids, state], outputs: last ?? [], name: 'masked' }))
  },
  samples: () => [[words([3, 7], 3), sample([3, 4])]],
}

export const stateCases: readonly ModelCase[] = [
  ...single,
  loaded,
  nested,
  told,
  translator,
  maskedState,
]
