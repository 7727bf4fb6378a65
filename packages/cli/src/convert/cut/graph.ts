// A part of a graph model: from inner nodes taken as inputs to any nodes taken as outputs.
import { CliError } from '../../error.js'
import type { InputDims } from '../flags.js'
import { fieldsOf } from '../saved/manifest.js'
import { type GraphNode, nodesOf, type Signature, tensorType } from './graph-nodes.js'
import { meantName, parseTensorName } from './names.js'

/** What of a model's topology is looked at. */
export interface GraphParts {
  readonly modelTopology: object
  readonly signature?: Signature
}

/** What to keep of a model. */
export interface Cut {
  /** Names of tensors, in order; without any, the model's own outputs. */
  readonly outputs: readonly string[]
  /** Shapes of inputs; names of inner tensors make inputs of these. */
  readonly inputs: InputDims
}

/**
 * The nodes that the outputs need, with placeholders in place of inner tensors that are inputs. What
 * lies before those and behind the outputs is gone, whatever operations it has.
 *
 * @throws CliError where a name is none of the model's, or an input reaches no output
 */
export function cutGraph({ modelTopology, signature }: GraphParts, cut: Cut): GraphParts {
  const nodes = nodesOf(modelTopology)
  const own = ownNames(nodes, signature)
  const inner = Object.keys(cut.inputs).filter((name) => placeIn(own.inputs, name) === undefined)
  if (inner.length === 0 && cut.outputs.length === 0) {
    return signature === undefined ? { modelTopology } : { modelTopology, signature }
  }
  const outputs = cut.outputs.length === 0 ? own.outputs : chosenOutputs(nodes, own, cut.outputs)
  const { list, inputs } = withPlaceholders(nodes, inner, cut.inputs)
  const tensors = outputs.map(({ key, name }) => ({
    key,
    name: inputs.get(withIndex(name))?.node ?? name,
  }))
  const needed = ancestors(
    list,
    tensors.map(({ name }) => name),
  )
  const used = own.inputs.filter(({ name }) => needed.has(parseTensorName(name).node))
  for (const { node, key } of inputs.values()) {
    if (needed.has(node)) used.push({ key, name: node })
    else throw unreached(key)
  }
  const unread = Object.keys(cut.inputs).find((name) => placeIn(used, name) === undefined)
  if (unread !== undefined) throw unreached(unread)
  return {
    modelTopology: { ...modelTopology, node: list.filter(({ name }) => needed.has(name)) },
    signature: { inputs: entries(used), outputs: entries(tensors) },
  }
}

interface Tensor {
  /** What users call it. */
  readonly key: string
  /** Its node, with `:1` where it is not the first of its tensors. */
  readonly name: string
}

interface OwnNames {
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly Tensor[]
}

/** The model's own inputs and outputs, from its signature or, as TensorFlow.js does it, from its nodes. */
function ownNames(nodes: readonly GraphNode[], signature: Signature | undefined): OwnNames {
  const listed = (side: 'inputs' | 'outputs') =>
    Object.entries(signature?.[side] ?? {}).map(([key, info]) => {
      const { name } = fieldsOf(info)
      return { key, name: typeof name === 'string' ? name : key }
    })
  const plain = (list: readonly GraphNode[]) => list.map(({ name }) => ({ key: name, name }))
  const read = new Set(nodes.flatMap(({ input = [] }) => input.map(nodeName)))
  const [inputs, outputs] = [listed('inputs'), listed('outputs')]
  return {
    inputs:
      inputs.length > 0 ? inputs : plain(nodes.filter(({ op }) => op.startsWith('Placeholder'))),
    outputs: outputs.length > 0 ? outputs : plain(nodes.filter(({ name }) => !read.has(name))),
  }
}

/** Either spelling of an own name, with `:0` or without. */
function placeIn(tensors: readonly Tensor[], name: string): Tensor | undefined {
  const bare = (text: string) => text.replace(/:0$/, '')
  return (
    tensors.find(({ key }) => key === name) ??
    tensors.find((each) => [each.key, each.name].some((own) => bare(own) === bare(name)))
  )
}

function chosenOutputs(
  nodes: readonly GraphNode[],
  own: OwnNames,
  wanted: readonly string[],
): Tensor[] {
  const names = nodes.map(({ name }) => name)
  return wanted.map((key) => {
    const known = placeIn(own.outputs, key)
    if (known !== undefined) return known
    const { node, index } = parseTensorName(key)
    const name = meantName(node, names, { flag: '--output', kind: 'node' })
    return { key, name: index === 0 ? name : `${name}:${index}` }
  })
}

interface Placed {
  readonly node: string
  readonly key: string
}

/** The nodes, with a placeholder for each inner tensor, which all that read the tensor read instead. */
function withPlaceholders(nodes: readonly GraphNode[], keys: readonly string[], dims: InputDims) {
  const names = nodes.map(({ name }) => name)
  const taken = new Set(names)
  const inputs = new Map<string, Placed>()
  const placeholders = keys.map((key): GraphNode => {
    const { node, index } = parseTensorName(key)
    const name = meantName(node, names, { flag: '--input', kind: 'node' })
    let placed = `${name}/input_${index}`
    while (taken.has(placed)) placed += '_'
    taken.add(placed)
    inputs.set(`${name}:${index}`, { node: placed, key })
    const source = nodes.find((each) => each.name === name)
    const dim = (dims[key] ?? []).map((size) => ({
      size: String(typeof size === 'number' ? size : -1),
    }))
    const dtype = source === undefined ? { type: 'DT_FLOAT' } : tensorType(source, index)
    return { name: placed, op: 'Placeholder', attr: { dtype, shape: { shape: { dim } } } }
  })
  const rewired = nodes.map((node) => ({
    ...node,
    ...(node.input && {
      input: node.input.map((name) => inputs.get(withIndex(name))?.node ?? name),
    }),
  }))
  return { list: [...placeholders, ...rewired], inputs }
}

/** `node:0` for `node`; control inputs, `^node`, stay. */
function withIndex(name: string): string {
  if (name.startsWith('^')) return name
  const { node, index } = parseTensorName(name)
  return `${node}:${index}`
}

function nodeName(input: string): string {
  return input.replace(/^\^/, '').replace(/:.*$/, '')
}

/** The names of the nodes that the outputs read, themselves included. */
function ancestors(nodes: readonly GraphNode[], outputs: readonly string[]): Set<string> {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const seen = new Set<string>()
  const waiting = outputs.map(nodeName)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    waiting.push(...(byName.get(name)?.input ?? []).map(nodeName))
  }
  return seen
}

function entries(tensors: readonly Tensor[]) {
  return Object.fromEntries(tensors.map(({ key, name }) => [key, { name }]))
}

function unreached(key: string): CliError {
  return new CliError(
    `--input ${key}: reaches no output, got an input that nothing reads, expected one that an output depends on`,
  )
}
