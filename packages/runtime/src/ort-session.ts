// A session of the seam over an InferenceSession of onnxruntime-node or onnxruntime-web.
import type { InferenceSession, OnnxValue, Tensor, TensorConstructor } from 'onnxruntime-common'
import { checkLength } from './check.js'
import { refuse } from './error.js'
import { createQueue, type Queue } from './queue.js'
import type { Provider, Session, SessionValue, TensorValue } from './session.js'

/** What `wrapSession` needs to know besides the session itself. */
export interface WrapOptions {
  readonly provider: Provider
  readonly threads: number
  /** The Tensor class of the same onnxruntime. */
  readonly Tensor: TensorConstructor
  /** The queue of the session's runs; one of its own where left out. */
  readonly queue?: Queue
  /** Called after the last run and before the release. */
  readonly beforeRelease?: () => void
}

/** Wraps an InferenceSession: feeds checked, runs queued, nothing after release. For backends. */
export function wrapSession(session: InferenceSession, options: WrapOptions): Session {
  const { provider, threads, queue = createQueue() } = options
  const inputs = session.inputMetadata.map(sessionValue)
  const outputs = session.outputMetadata.map(sessionValue)
  let released = false
  const refuseReleased = (): void => {
    if (released) refuse('session: already released', 'a further use', 'none')
  }

  return {
    provider,
    threads,
    inputs,
    outputs,
    async run(feeds, fetches = session.outputNames) {
      refuseReleased()
      checkNames('input', Object.keys(feeds), inputs)
      checkNames('output', fetches, outputs)
      for (const { name } of inputs) {
        if (!feeds[name]) refuse(`input '${name}': missing`, 'nothing', 'a tensor')
      }
      const tensors = mapValues(feeds, (value, name) => tensor(value, name, options.Tensor))
      const results = await queue(() => session.run(tensors, fetches).catch(runFailed))
      return mapValues(results, tensorValue)
    },
    async release() {
      refuseReleased()
      released = true
      await queue(async () => {
        options.beforeRelease?.()
        await session.release()
      })
    },
  }
}

function sessionValue(value: InferenceSession.ValueMetadata): SessionValue {
  const { name } = value
  return value.isTensor
    ? { name, type: value.type, dims: value.shape }
    : { name, type: 'no tensor', dims: [] }
}

function checkNames(what: string, names: readonly string[], values: readonly SessionValue[]): void {
  const known = values.map((value) => value.name)
  for (const name of names) {
    if (!known.includes(name)) {
      refuse(`${what}: unknown name`, `'${name}'`, known.join(', '))
    }
  }
}

function tensor(value: TensorValue, name: string, Class: TensorConstructor): Tensor {
  const { type, data, dims } = value
  checkLength(`input '${name}'`, data.length, dims)
  return new Class(type, data, dims)
}

function tensorValue(value: OnnxValue, name: string): TensorValue {
  const { type, data, dims } = value
  switch (type) {
    case 'float32':
      if (data instanceof Float32Array) return { type, dims, data }
      break
    case 'int32':
      if (data instanceof Int32Array) return { type, dims, data }
      break
    case 'int64':
      if (data instanceof BigInt64Array) return { type, dims, data }
      break
    case 'uint8':
    case 'bool':
      if (data instanceof Uint8Array) return { type, dims, data }
  }
  refuse(`output '${name}': unsupported type`, type, 'float32, int32, int64, uint8 or bool')
}

function runFailed(cause: unknown): never {
  refuse('run: onnxruntime failed', cause, 'inputs that fit the model')
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  fn: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fn(value, name)]))
}
