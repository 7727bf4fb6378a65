// A session of an exported model, with the values of some inner nodes as further outputs.
import { encodeModel, externalFiles, type Graph } from '@anyvae/onnx'
import type { ExportedModel } from '@anyvae/exporter'
import { nodeBackend } from '@anyvae/runtime-node'
import { CHOOSING, type Choices, type ChoosingKernel } from './choices.js'

/** The most bytes of weights beside a model that are put together to run it. */
const MOST_DATA = 2 ** 32

/** A session of the model, with the weights beside it, from memory; undefined where these are too large. */
export async function sessionOf({ bytes, data }: ExportedModel) {
  const [path] = externalFiles(bytes)
  if (path === undefined) return nodeBackend.createSession(bytes)
  const total = data.reduce((sum, { length }) => sum + length, 0)
  if (total > MOST_DATA) return undefined
  const all = new Uint8Array(total)
  let offset = 0
  for (const part of data) {
    all.set(part, offset)
    offset += part.length
  }
  return nodeBackend.createSession(bytes, { session: { externalData: [{ path, data: all }] } })
}

/** The indices that a graph's own nodes choose, by operator, in the order of the nodes. */
function chosenValues({ nodes }: Graph): { readonly op: ChoosingKernel; readonly name: string }[] {
  return nodes.flatMap(({ opType, outputs }) => {
    const op = CHOOSING.find((each) => each === opType)
    const name = outputs.at(-1) ?? ''
    return op === undefined || name === '' ? [] : [{ op, name }]
  })
}

/** Whether a graph chooses positions by comparing numbers. */
export function choosesPositions({ model }: ExportedModel): boolean {
  return chosenValues(model.graph).length > 0
}

type Session = NonNullable<Awaited<ReturnType<typeof sessionOf>>>
type Feeds = Parameters<Session['run']>[0]

/** Runs a model whose weights are in its file, and gives the positions that its nodes choose. */
export async function choicesOf({ model }: ExportedModel, feeds: Feeds): Promise<Choices> {
  const { graph } = model
  const chosen = chosenValues(graph)
  const own = new Set(graph.outputs.map(({ name }) => name))
  const further = chosen.filter(({ name }) => !own.has(name))
  const outputs = [
    ...graph.outputs,
    ...further.map(({ name }) => ({ name, dataType: 'int64' as const })),
  ]
  const session = await nodeBackend.createSession(
    encodeModel({ ...model, graph: { ...graph, outputs } }),
  )
  try {
    const results = await session.run(feeds)
    const numbers = ({ name }: { readonly name: string }) =>
      Array.from<number | bigint>(results[name]?.data ?? []).map(Number)
    const entries = CHOOSING.map((op) => [op, chosen.filter((each) => each.op === op).map(numbers)])
    return Object.fromEntries(entries) as Choices
  } finally {
    await session.release()
  }
}
