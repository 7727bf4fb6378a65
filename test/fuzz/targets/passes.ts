// The optimising passes on graphs of any wiring: what they make computes the same values.
import {
  checkModel,
  decodeModel,
  encodeModel,
  OnnxError,
  optimizeGraph,
  type Graph,
  type Model,
} from '@anyvae/onnx'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { mutateGraph } from '../mutators/graph.js'
import { ensure, type Target } from '../target.js'
import { models } from './models.js'

/** Outputs of a graph by name; undefined where ONNX Runtime refuses the graph or its run. */
type Outputs = Readonly<Record<string, Tensor>> | undefined

/** Rounding of sums and products that a pass does in another order, relative to the largest value. */
const TOLERANCE = 1e-3

async function outputsOf(model: Model): Promise<Outputs> {
  const options = {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  } as const
  let session: InferenceSession | undefined
  try {
    session = await InferenceSession.create(encodeModel(model), options)
    const feeds = model.graph.inputs.map((input, i) => [input.name, example(input, i)] as const)
    return await session.run(Object.fromEntries(feeds))
  } catch {
    return undefined
  } finally {
    await session?.release()
  }
}

function example({ dataType, dims = [] }: Graph['inputs'][number], index: number): Tensor {
  const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : 3))
  const length = sizes.reduce((product, size) => product * size, 1)
  if (dataType === 'int64') return new Tensor('int64', new BigInt64Array(length).fill(3n), sizes)
  const data = Float32Array.from({ length }, (_, i) => Math.sin(i + 5 * index))
  return new Tensor('float32', data, sizes)
}

/** Whether two outputs are alike; NaN and infinities are where they were, or an overflow's neighbours. */
function alike(before: Tensor, after: Tensor): boolean {
  if (before.dims.join() !== after.dims.join() || before.type !== after.type) return false
  const [a, b] = [before.data, after.data].map((data) =>
    Array.from(data as ArrayLike<number>, Number),
  )
  if (a === undefined || b === undefined) return false
  const finite = a.filter(Number.isFinite)
  const size = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  // What overflows or cancels there says nothing of a pass.
  if (finite.length < a.length || size > 1e12) return true
  return a.every((value, i) => Math.abs(value - (b[i] ?? Number.NaN)) <= TOLERANCE * size)
}

/** Whether each value is of the type and shape that the graph declares for it: passes rely on that. */
async function isTrue(model: Model): Promise<boolean> {
  const { graph } = model
  const named = new Set(graph.outputs.map(({ name }) => name))
  const inner = graph.values.filter(({ name }) => !named.has(name))
  const declared = [...graph.outputs, ...inner]
  const values = await outputsOf({ ...model, graph: { ...graph, values: [], outputs: declared } })
  return declared.every(({ name, dataType, dims = [] }) => {
    const value = values?.[name]
    if (value?.type !== dataType || value.dims.length !== dims.length) return false
    return dims.every((dim, axis) => typeof dim === 'string' || dim === value.dims[axis])
  })
}

/** The same inputs and outputs, a model that the checker accepts, and the same values. */
export const passes: Target = {
  seeds: () => models().map((model) => encodeModel(model)),
  mutate: mutateGraph,
  errors: [OnnxError],
  async parse(input) {
    const model = decodeModel(input)
    checkModel(model)
    // The checker does not infer shapes.
    const before = await outputsOf(model)
    if (before === undefined || !(await isTrue(model))) {
      throw new OnnxError(
        'graph: cannot be run or contradicts itself, expected one that does neither',
      )
    }
    const graph = optimizeGraph(model.graph)
    checkModel({ ...model, graph })
    const names = (values: Graph['inputs']) => JSON.stringify(values)
    ensure(names(graph.inputs) === names(model.graph.inputs), 'other inputs once optimised')
    ensure(names(graph.outputs) === names(model.graph.outputs), 'other outputs once optimised')
    const after = await outputsOf({ ...model, graph })
    ensure(after !== undefined, 'cannot be run once optimised')
    for (const [name, value] of Object.entries(before)) {
      const got = after[name]
      ensure(got !== undefined && alike(value, got), `other values of ${name} once optimised`)
    }
  },
}
