// Runs a graph and waits for it: a worker computes, since backends of TensorFlow.js read synchronously.
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'

/** A tensor as ONNX Runtime takes and gives it. */
export interface Feed {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: Float32Array | Int32Array | Uint8Array
}

interface Reply {
  readonly error?: string
  readonly result?: Feed
}

/** How long one graph may take, in milliseconds; longer means that the worker has died. */
const PATIENCE = 60_000

/** A worker of ONNX Runtime that is called and waited for. */
export class Evaluator {
  /** How many graphs have run to their end. */
  runs = 0
  readonly #worker: Worker
  readonly #flag = new Int32Array(new SharedArrayBuffer(4))
  readonly #channel = new MessageChannel()

  constructor(script: string | URL) {
    const { port1, port2 } = this.#channel
    this.#worker = new Worker(script, {
      workerData: { port: port2, flag: this.#flag },
      transferList: [port2],
    })
    this.#worker.unref()
    port1.unref()
  }

  /** The first output of a model. */
  run(model: Uint8Array, feeds: Readonly<Record<string, Feed>>): Feed {
    this.#channel.port1.postMessage({ model, feeds })
    const { result, error } = this.#reply()
    if (result === undefined) {
      throw new Error(`ONNX Runtime: ${error ?? 'gave no result'}`)
    }
    this.runs++
    return result
  }

  /** Waits until the counter of answers moves, and for the answer itself, which may come later. */
  #reply(): Reply {
    const deadline = performance.now() + PATIENCE
    while (performance.now() < deadline) {
      const answered = Atomics.load(this.#flag, 0)
      const received = receiveMessageOnPort(this.#channel.port1)
      if (received !== undefined) {
        return received.message as Reply
      }
      Atomics.wait(this.#flag, 0, answered, 100)
    }
    // The worker may still answer, and the answer would be taken for another's.
    process.exit(1)
  }
}
