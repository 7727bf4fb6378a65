// The graph or layers in a model.json: what TensorFlow.js takes for granted of it.
import { CliError } from '../../error.js'
import { fieldsOf } from './manifest.js'

/** Refuses a graph whose nodes are none, or read what is not there. */
export function checkGraph(file: string, topology: unknown): void {
  const { node: nodes, versions } = fieldsOf(topology)
  if (!Array.isArray(nodes) || nodes.length === 0) {
    throw damaged(file, 'node', { got: nodes, expected: 'a list of nodes' })
  }
  if (typeof versions !== 'object' || versions === null) {
    throw damaged(file, 'versions', { got: versions, expected: 'the version of the producer' })
  }
  const list: readonly unknown[] = nodes
  const names = new Set(list.map((node) => fieldsOf(node)['name']))
  list.forEach((node, i) => {
    checkNode({ file, place: `node[${i}]`, names }, fieldsOf(node))
  })
}

interface At {
  readonly file: string
  readonly place: string
  /** Of all nodes. */
  readonly names: ReadonlySet<unknown>
}

function checkNode({ file, place, names }: At, node: Readonly<Record<string, unknown>>): void {
  for (const field of ['name', 'op']) {
    if (typeof node[field] !== 'string') {
      throw damaged(file, `${place}.${field}`, { got: node[field], expected: 'text' })
    }
  }
  const { input = [], attr = {} } = node
  const known = (name: unknown) => typeof name === 'string' && names.has(nodeOf(name))
  if (!Array.isArray(input) || !input.every(known)) {
    throw damaged(file, `${place}.input`, { got: input, expected: 'a list of names of nodes' })
  }
  const { dim = [] } = fieldsOf(fieldsOf(fieldsOf(attr)['shape'])['shape'])
  if (!Array.isArray(dim) || !dim.every(isDim)) {
    throw damaged(file, `${place}.attr.shape`, { got: dim, expected: 'a list of sizes' })
  }
}

/** The node of `^node` or `node:1`. */
function nodeOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:\d+$/, '')
}

function isDim(dim: unknown): boolean {
  const { size } = fieldsOf(dim)
  return (
    (typeof size === 'string' && size !== '' && Number.isInteger(Number(size))) || isWhole(size)
  )
}

const isWhole = (size: unknown) => typeof size === 'number' && Number.isInteger(size)

/** Refuses layers whose names are none; the rest TensorFlow.js finds by itself. */
export function checkLayers(file: string, topology: unknown, place = ''): void {
  for (const [key, value] of Object.entries(fieldsOf(topology))) {
    const { name } = key === 'config' ? fieldsOf(value) : {}
    if (name !== undefined && name !== null && typeof name !== 'string') {
      throw damaged(file, `${place}config.name`, { got: name, expected: 'text' })
    }
    checkLayers(file, value, `${place}${key}.`)
  }
}

interface Damage {
  readonly got: unknown
  readonly expected: string
}

function damaged(file: string, place: string, { got, expected }: Damage): CliError {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got).slice(0, 60)
  return new CliError(`${file}: damaged modelTopology.${place}, got ${shown}, expected ${expected}`)
}
