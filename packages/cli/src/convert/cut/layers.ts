// A part of a layers model: from inner layers' tensors taken as inputs to any layers' as outputs.
import * as tfl from '@tensorflow/tfjs-layers'
import { CliError } from '../../error.js'
import type { Cut } from './graph.js'
import { meantName, parseTensorName } from './names.js'

type Symbolic = tfl.SymbolicTensor
type Layer = tfl.layers.Layer

/** A model within a model, or the whole one. */
type Container = tfl.LayersModel

/**
 * The layers between inputs and outputs as a model of their own, with the same weights. Layers of models
 * within the model are `inner/layer`.
 *
 * @throws CliError where a name is none of the model's, or an output does not depend on the inputs
 */
export function cutLayers(model: Container, { outputs: wanted, inputs: dims }: Cut): Container {
  const own = (name: string) => ownInput(model, name)
  const inner = Object.keys(dims).filter((name) => own(name) === undefined)
  if (inner.length === 0 && wanted.length === 0) return model
  const walk = new Walk(model)
  const cuts = inner.map((name) => {
    const place = walk.find(name, '--input')
    return { name, place, input: inputFor(place.tensor, { name, dims: dims[name] ?? [] }) }
  })
  cuts.forEach(({ place, input }) => walk.replace(place.tensor, input))
  const outputs =
    wanted.length === 0
      ? model.outputs.map((tensor) => walk.rebuilt(tensor))
      : wanted.map((name) => walk.rebuiltAt(walk.find(name, '--output')))
  const kept = model.inputs.filter((input) => walk.reads(input))
  cuts.forEach(({ name, input }) => {
    if (!walk.reads(input)) throw unreached(name)
  })
  const missing = Object.keys(dims).find((name) => {
    const input = own(name)
    return input !== undefined && !kept.includes(input)
  })
  if (missing !== undefined) throw unreached(missing)
  return tfl.model({
    inputs: [...kept, ...cuts.map(({ input }) => input)],
    outputs,
    name: model.name,
  })
}

function ownInput({ inputs }: Container, name: string): Symbolic | undefined {
  return inputs.find(({ sourceLayer }) => sourceLayer.name === name.replace(/:0$/, ''))
}

/** A tensor, and the models around it, outermost first. */
interface Place {
  readonly tensor: Symbolic
  readonly around: readonly Container[]
}

/** Applies the layers behind replaced tensors anew; all others stay as they are. */
class Walk {
  readonly #model: Container
  readonly #places = new Map<
    string,
    { readonly layer: Layer; readonly around: readonly Container[] }
  >()
  readonly #new = new Map<Symbolic, Symbolic>()
  /** By input of a model within the model: the tensor that it is called with. */
  readonly #outer = new Map<Symbolic, Symbolic>()
  readonly #read = new Set<Symbolic>()
  readonly #opened = new Set<Layer>()

  constructor(model: Container) {
    this.#model = model
    this.#list(model, '', [])
  }

  #list(model: Container, prefix: string, around: readonly Container[]): void {
    for (const layer of model.layers) {
      this.#places.set(`${prefix}${layer.name}`, { layer, around })
      if (isContainer(layer)) this.#list(layer, `${prefix}${layer.name}/`, [...around, layer])
    }
  }

  find(text: string, flag: string): Place {
    const { node, index } = parseTensorName(text)
    const names = [...this.#places.keys()]
    const name = meantName(node, names, { flag, kind: 'layer' })
    const place = this.#places.get(name)
    const tensor = place && tensorsOf(place.layer, place.around.at(-1) ?? this.#model)[index]
    if (place === undefined || tensor === undefined) {
      throw new CliError(
        `${flag} ${text}: the layer gives no such tensor, got number ${index}, expected a smaller one`,
      )
    }
    return { tensor, around: place.around }
  }

  replace(tensor: Symbolic, input: Symbolic): void {
    this.#new.set(tensor, input)
    for (const { layer, around } of this.#places.values()) {
      if (layer === tensor.sourceLayer) around.forEach((each) => this.#opened.add(each))
    }
  }

  /** Whether what was built reads an input. */
  reads(input: Symbolic): boolean {
    return this.#read.has(input)
  }

  /** A tensor within models of its own: their inputs are what they are given at their place. */
  rebuiltAt({ tensor, around }: Place): Symbolic {
    around.forEach((each) => this.#open(each))
    return this.rebuilt(tensor)
  }

  rebuilt(tensor: Symbolic): Symbolic {
    const known = this.#new.get(tensor)
    if (known !== undefined) {
      this.#read.add(known)
      return known
    }
    const outer = this.#outer.get(tensor)
    if (outer !== undefined) return this.rebuilt(outer)
    const { sourceLayer: layer, nodeIndex } = tensor
    const node = layer.inboundNodes[nodeIndex]
    // The node of an input layer reads the tensor that it gives.
    if (node === undefined || node.inboundLayers.length === 0) {
      this.#read.add(tensor)
      return tensor
    }
    if (isContainer(layer) && this.#opened.has(layer)) {
      this.#open(layer)
      const place = node.outputTensors.indexOf(tensor)
      return this.rebuilt(layer.outputs[place] ?? tensor)
    }
    const inputs = node.inputTensors.map((each) => this.rebuilt(each))
    if (inputs.every((each, i) => each === node.inputTensors[i])) return tensor
    const results = [
      layer.apply(inputs.length === 1 ? (inputs[0] ?? []) : inputs, node.callArgs),
    ].flat()
    node.outputTensors.forEach((each, i) => {
      const result = results[i]
      if (result !== undefined) this.#new.set(each, result as Symbolic)
    })
    return this.#new.get(tensor) ?? tensor
  }

  /** Gives the inputs of a model within the model what it is called with. */
  #open(layer: Container): void {
    const [output] = tensorsOf(layer, this.#model)
    const node = output && layer.inboundNodes[output.nodeIndex]
    layer.inputs.forEach((input, i) => {
      const outer = node?.inputTensors[i]
      if (outer !== undefined) this.#outer.set(input, outer)
    })
  }
}

/** What a layer gives where a model calls it; of several calls, at the last one. */
function tensorsOf(layer: Layer, model: Container): Symbolic[] {
  const given = new Set(model.outputs.filter((each) => each.sourceLayer === layer))
  const nodes = layer.inboundNodes.filter(({ outputTensors }) => outputTensors.length > 0)
  const node = nodes.findLast((each) => each.outputTensors.some((tensor) => given.has(tensor)))
  return (node ?? nodes.at(-1))?.outputTensors ?? []
}

function isContainer(layer: Layer): layer is Container {
  return 'layers' in layer && 'inputs' in layer && 'outputs' in layer
}

function inputFor(
  tensor: Symbolic,
  { name, dims }: { readonly name: string; readonly dims: readonly (number | string)[] },
): Symbolic {
  const own = tensor.shape
  const fits =
    own.length === dims.length &&
    own.every((size, i) => size === null || typeof dims[i] === 'string' || dims[i] === size)
  if (!fits) {
    const shown = own.map((size, i) => size ?? (i === 0 ? 'batch' : 'any')).join(', ')
    throw new CliError(
      `--input ${name}: does not fit, got [${dims.join(', ')}], expected [${shown}] as the layer gives it`,
    )
  }
  const batchShape = dims.map((size) => (typeof size === 'number' ? size : null))
  const layerName = name.replace(/:0$/, '').replace(/\W+/g, '_')
  return tfl.input({ batchShape, dtype: tensor.dtype, name: layerName })
}

function unreached(name: string): CliError {
  return new CliError(
    `--input ${name}: reaches no output, got an input that nothing reads, expected one that an output depends on`,
  )
}
