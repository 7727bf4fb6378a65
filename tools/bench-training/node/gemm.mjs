// The machine's peak: the best rate at which ONNX Runtime multiplies float32 matrices.
import { createModel, encodeModel, GraphBuilder } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { commands, say, task } from './lines.mjs'

const OPSET = 17
/** So many products one after another in a run, where they are square: the cost of a run weighs less. */
const CHAIN = 8

function model([rows, inner, columns], chain) {
  const builder = new GraphBuilder(OPSET, ['c'])
  const a = builder.input('a', { dataType: 'float32', dims: [rows, inner] })
  const b = builder.input('b', { dataType: 'float32', dims: [inner, columns] })
  let c = a
  for (let i = 0; i < chain; i++) c = builder.node('MatMul', [c, b])
  builder.output('c', c)
  return encodeModel(createModel(builder.build('gemm'), { opset: OPSET }))
}

/** Of such a size that products neither grow nor vanish. */
function matrix(rows, columns) {
  const limit = Math.sqrt(3 / columns)
  const data = new Float32Array(rows * columns).map(() => (2 * Math.random() - 1) * limit)
  return { type: 'float32', dims: [rows, columns], data }
}

async function prepare(shape, threads) {
  const [rows, inner, columns] = shape
  const chain = rows === inner && inner === columns ? CHAIN : 1
  const session = await nodeBackend.createSession(model(shape, chain), { threads })
  const feeds = { a: matrix(rows, inner), b: matrix(inner, columns) }
  await session.run(feeds)
  return { shape, flops: 2 * rows * inner * columns * chain, run: () => session.run(feeds) }
}

/** The best rate of single runs, FLOP/s: a peak is what is reached, not what is usual. */
async function bestRate({ run, flops }, seconds) {
  const end = performance.now() + seconds * 1000
  let best = 0
  do {
    const begun = performance.now()
    await run()
    best = Math.max(best, flops / ((performance.now() - begun) / 1000))
  } while (performance.now() < end)
  return best
}

const { shapes, threads } = task()
const prepared = await Promise.all(shapes.map((shape) => prepare(shape, threads)))
const next = commands()
say({ first: true })
say({ ready: true, versions: { 'onnxruntime-node': nodeBackend.version } })
for (;;) {
  const [word, seconds] = await next()
  if (word !== 'run') process.exit(0)
  const rates = []
  for (const each of prepared) {
    rates.push({ shape: each.shape, rate: await bestRate(each, seconds / prepared.length) })
  }
  say({ rates })
}
