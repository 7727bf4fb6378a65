// Finds the tensors of a serialised ONNX model whose values lie in another file.
import { refuse } from '../error.js'
import { Fields, damaged } from './protobuf-fields.js'

/** A tensor whose values lie in a file beside the model. */
export interface ExternalTensor {
  readonly name: string
  /** What the model says of the place: `location`, `offset`, `length` and whatever else, as text. */
  readonly entries: readonly (readonly [key: string, value: string])[]
}

/** What leads from a model to its tensors, by the field numbers of onnx.proto. */
const MESSAGES = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
} as const

type Kind = keyof typeof MESSAGES

/** Protobuf's own parsers refuse messages that are nested deeper. */
const DEEPEST = 100

/**
 * The tensors of a model whose values lie outside of it, among initializers, sparse ones, attributes,
 * subgraphs, functions and training graphs. Values are skipped by their length, and memory is taken
 * only for what is returned.
 *
 * @throws RuntimeError where the bytes are no protobuf message, or messages are nested deeper than 100
 */
export function externalTensors(model: Uint8Array): ExternalTensor[] {
  // Of onnxruntime's own format, which is no protobuf.
  if ('ORTM'.split('').every((letter, i) => model[4 + i] === letter.charCodeAt(0))) damaged('ORTM')
  const found: ExternalTensor[] = []
  const fields = new Fields(model)
  const scan = (range: readonly [start: number, end: number], kind: Kind, depth: number): void => {
    if (depth > DEEPEST) damaged(`more than ${DEEPEST} messages within each other`)
    if (kind === 'tensor') return scanTensor(fields, range, found)
    const inner: Readonly<Record<number, Kind>> = MESSAGES[kind]
    let [at] = range
    while (fields.read(at, range[1])) {
      const { number, from, to, delimited } = fields
      const next = inner[number]
      if (next && delimited) scan([from, to], next, depth + 1)
      at = to
    }
  }
  scan([0, model.length], 'model', 0)
  return found
}

function scanTensor(
  fields: Fields,
  [start, end]: readonly [number, number],
  found: ExternalTensor[],
): void {
  const places: [number, number][] = []
  let name = ''
  let external = false
  for (let at = start; fields.read(at, end); at = fields.to) {
    const { number, from, to, delimited, value } = fields
    if (number === 8) name = fields.text()
    if (number === 13 && delimited) places.push([from, to])
    // data_location: what is not plainly 0 could be 1, EXTERNAL, to one parser or another.
    external ||= number === 13 || (number === 14 && value !== 0)
  }
  if (external) found.push({ name, entries: places.map((place) => readEntry(fields, place)) })
}

/** A key and its value, both texts. */
function readEntry(fields: Fields, [start, end]: readonly [number, number]): [string, string] {
  const entry: [string, string] = ['', '']
  for (let at = start; fields.read(at, end); at = fields.to) {
    if (fields.number === 1) entry[0] = fields.text()
    if (fields.number === 2) entry[1] = fields.text()
  }
  return entry
}

/**
 * Refuses a model that would have values read from other files: their locations are the model's to
 * choose, and onnxruntime reads them relative to the working folder of the process.
 *
 * @param raw options of onnxruntime as they are: what their `externalData` brings along is not read from
 * files
 * @throws RuntimeError also where the bytes are no protobuf message
 */
export function refuseExternalData(
  model: Uint8Array,
  raw: Readonly<Record<string, unknown>> = {},
): void {
  const files: unknown = raw['externalData']
  const mounted = Array.isArray(files) ? files.map(pathOf) : []
  for (const { name, entries } of externalTensors(model)) {
    const locations = entries.flatMap(([key, value]) => (key === 'location' ? [value] : []))
    if (locations.length === 1 && locations.every((location) => mounted.includes(location)))
      continue
    refuse(
      'model: values in another file',
      `${quoted(name)} in ${quoted(locations.join())}`,
      'all in the model (in Node, externalData: true reads those of a local file)',
    )
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}

/** The location of a file that is handed over with the model: with its contents, or in a page an address. */
function pathOf(file: unknown): unknown {
  return typeof file === 'object' && file !== null && 'path' in file ? file.path : file
}
