// The worker of the evaluator: one session for each graph, one answer for each question.
import { type MessagePort, workerData } from 'node:worker_threads'
import type { Feed } from './evaluator.js'

process.env['ORT_DISABLE_TELEMETRY'] ??= '1'
const { InferenceSession, Tensor } = await import('onnxruntime-node')

interface Question {
  readonly model: Uint8Array
  readonly feeds: Readonly<Record<string, Feed>>
}

const { port, flag } = workerData as { port: MessagePort; flag: Int32Array }

async function answer({ model, feeds }: Question): Promise<{ result?: Feed; error?: string }> {
  try {
    const session = await InferenceSession.create(model, {
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    })
    const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => {
      return [name, new Tensor(type as 'float32', data as Float32Array, dims)] as const
    })
    const results = await session.run(Object.fromEntries(tensors))
    const output = results[session.outputNames[0] ?? '']
    await session.release()
    if (output === undefined) {
      return { error: 'the graph has no output' }
    }
    return {
      result: { type: output.type, dims: output.dims, data: output.data as Feed['data'] },
    }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

port.on('message', (question: Question) => {
  void answer(question).then((reply) => {
    port.postMessage(reply)
    Atomics.add(flag, 0, 1)
    Atomics.notify(flag, 0)
  })
})
