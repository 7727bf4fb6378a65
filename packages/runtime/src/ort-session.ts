// A session of the seam over an InferenceSession of onnxruntime-node or onnxruntime-web.
import type { InferenceSession, OnnxValue, Tensor, TensorConstructor } from 'onnxruntime-common'
import type { Carried } from './carried.js'
import { checkLength } from './check.js'
import { refuse } from './error.js'
import { createQueue, type Queue } from './queue.js'
import { releasable } from './release.js'
import type { Provider, Session, SessionValue, TensorValue } from './session.js'

/** What `wrapSession` needs to know besides the session itself. */
export interface WrapOptions {
  readonly provider: Provider
  readonly threads: number
  /** The Tensor class of the same onnxruntime. */
  readonly Tensor: TensorConstructor
  /** The queue of the session's runs; one of its own where left out. */
  readonly queue?: Queue
  /** What feeds the next run, where anything does (`createCarried`). */
  readonly carried?: Carried | undefined
  /** Copies a tensor from the device to memory, which leaves it as it was; `getData` where left out. */
  readonly download?: (tensor: Tensor) => Promise<Tensor>
  /** Called after the last run and before the release. */
  readonly beforeRelease?: () => void | Promise<void>
}

/** Wraps an InferenceSession: feeds checked, runs queued, nothing after release. For backends. */
export function wrapSession(session: InferenceSession, options: WrapOptions): Session {
  const { provider, threads, queue = createQueue(), carried } = options
  const names = carried?.names ?? {}
  const inputs = session.inputMetadata.map(sessionValue)
  const outputs = session.outputMetadata.map(sessionValue)
  const own = session.outputNames.filter((name) => !(name in names))
  const read = valueReader(options)
  const methods: Pick<Session, 'run' | 'carried'> = {
    async run(feeds, fetches = own) {
      checkNames('input', Object.keys(feeds), inputs)
      checkNames('output', fetches, outputs)
      const fed: Record<string, Tensor> = {}
      for (const [name, value] of Object.entries(feeds)) fed[name] = tensor(value, name, options)
      return queue(async () => {
        const tensors = { ...carried?.values(), ...fed }
        checkFed(inputs, tensors)
        const fetched = carried?.fetches(fetches) ?? fetches
        const results = await session.run(tensors, fetched).catch(runFailed)
        carried?.keep(results)
        return readAll(results, fetches, read)
      })
    },
    carried: () => queue(() => readAll(carried?.values() ?? {}, Object.values(names), read)),
  }
  const free = (): Promise<void> =>
    queue(async () => {
      // Before the session: what belongs to its device cannot be freed after it.
      carried?.dispose()
      await options.beforeRelease?.()
      await session.release()
    })
  return { provider, threads, inputs, outputs, ...releasable(methods, free) }
}

/** Reads a result, from the device where it is there. */
type ValueReader = (value: OnnxValue, name: string) => Promise<TensorValue>

function valueReader({ download, Tensor }: WrapOptions): ValueReader {
  const toMemory =
    download ?? (async (value) => new Tensor(value.type, await value.getData(true), value.dims))
  return async (value, name) => {
    // In memory it is `cpu` or `cpu-pinned`.
    const there = value.location.startsWith('cpu')
    return tensorValue(there ? value : await toMemory(value).catch(readFailed), name)
  }
}

/** One after another: a device copies one at a time. */
async function readAll(
  values: Readonly<Record<string, OnnxValue>>,
  names: readonly string[],
  read: ValueReader,
): Promise<Record<string, TensorValue>> {
  const all: Record<string, TensorValue> = {}
  for (const name of names) {
    const value = values[name]
    if (value) all[name] = await read(value, name)
  }
  return all
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

function checkFed(inputs: readonly SessionValue[], fed: object): void {
  for (const { name } of inputs) {
    if (!(name in fed)) refuse(`input '${name}': missing`, 'nothing', 'a tensor')
  }
}

function tensor(value: TensorValue, name: string, { Tensor }: WrapOptions): Tensor {
  const { type, data, dims } = value
  checkLength(`input '${name}'`, data.length, dims)
  // Memory that threads share is refused.
  return new Tensor(type, data.buffer instanceof ArrayBuffer ? data : data.slice(), dims)
}

const ARRAYS: Readonly<Record<string, new () => unknown>> = {
  float32: Float32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
}

function tensorValue({ type, data, dims }: OnnxValue, name: string): TensorValue {
  const Class = ARRAYS[type]
  if (Class && data instanceof Class) return { type, dims, data } as TensorValue
  refuse(`output '${name}': unsupported type`, type, Object.keys(ARRAYS).join(', '))
}

function runFailed(cause: unknown): never {
  refuse('run: onnxruntime failed', cause, 'inputs that fit the model')
}

function readFailed(cause: unknown): never {
  refuse('session: a value cannot be read from the device', cause, 'a device that still works')
}
