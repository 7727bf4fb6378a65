// A Vae that computes in a worker, so that the page never waits.
import { RuntimeError, abortError, checkSignal, kindOf, ownCopy } from '@anyvae/runtime'
import { parseUrl, refuse, report } from '@anyvae/runtime'
import type { DownloadProgress, Manifest, RuntimeInfo, Vae } from '@anyvae/runtime'
import type { LoadVaeOptions } from './load.js'
import { unpackError, type Method, type Order, type Reply } from './messages.js'
import type { ModuleUrls } from './onnxruntime.js'

/** How to load a bundle in a worker. */
export interface WorkerOptions extends Omit<LoadVaeOptions, 'fetch'> {
  /**
   * A worker that imports `@anyvae/runtime-web/worker`, or a function that makes one; this package's
   * own where left out. What a function made is terminated on release, a worker handed over is not.
   */
  readonly worker?: Worker | (() => Worker)
}

/**
 * Loads a bundle as `loadVae` does, in a worker that computes everything.
 *
 * @throws RuntimeError (by rejection) as `loadVae` does, or where the worker cannot start or gives no
 * sign within a minute
 */
export async function loadVaeInWorker(
  url: string | URL,
  options: WorkerOptions = {},
): Promise<Vae> {
  if (kindOf(options) !== 'Object') refuse('load: unusable options', kindOf(options), 'an object')
  checkSignal(options.signal)
  const { worker = ownWorker, signal, onProgress, wasmPaths, ...rest } = options
  const paths = wasmPaths && (await import('./paths.js')).absolutePaths(wasmPaths)
  const order = {
    method: 'load',
    url: parseUrl(url).href,
    options: { ...rest, ...(paths && { wasmPaths: paths }) },
    modules: moduleUrls(),
  } as const
  checkSignal(signal)
  const line = connect(worker, (progress) => onProgress && report({ onProgress }, progress))
  const abort = (): void => signal && line.stop(abortError(signal))
  signal?.addEventListener('abort', abort)
  try {
    return remote((await line.ask(order)) as Loaded, line)
  } catch (error) {
    line.close()
    throw error
  } finally {
    // The signal ends the loading alone.
    signal?.removeEventListener('abort', abort)
  }
}

interface Loaded {
  readonly manifest: Manifest
  readonly info: RuntimeInfo
}

function remote(loaded: Loaded, line: Line): Vae {
  let releasing: Promise<void> | undefined
  const method =
    <T>(name: Method) =>
    async (...args: unknown[]): Promise<T> => {
      if (releasing) refuse('vae: already released', 'a further use', 'none')
      // Memory that threads share would stay the caller's.
      return (await line.ask({ method: name, args: args.map(ownCopy) })) as T
    }
  const release = async (): Promise<void> => {
    try {
      await line.ask({ method: 'release', args: [] })
    } finally {
      line.close()
    }
  }
  const { latentSize, image } = loaded.manifest
  return {
    ...loaded,
    latentSize,
    image,
    encode: method('encode'),
    decode: method('decode'),
    reconstruct: method('reconstruct'),
    sample: method('sample'),
    interpolate: method('interpolate'),
    release: () => (releasing ??= release()),
  }
}

/** The way to one Vae in a worker. */
interface Line {
  readonly ask: (order: Order) => Promise<unknown>
  /** Has the worker give up loading, and does not wait for it. */
  readonly stop: (error: Error) => void
  readonly close: () => void
}

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** How long a worker may take until it hears the first order, in milliseconds. */
const PATIENCE = 60_000

let last = 0

function connect(
  source: Worker | (() => Worker),
  onProgress: (progress: DownloadProgress) => void,
): Line {
  const worker = typeof source === 'function' ? make(source) : source
  if (!(worker instanceof Worker)) refuse('worker: not usable', worker, 'a Worker')
  const vae = ++last
  const pending = new Map<number, Pending>()
  const controller = new AbortController()
  const { signal } = controller
  let broken: Error | undefined
  const rejectAll = (error: Error): void => {
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }
  const fail = (got: string): void => {
    const expected = "a worker that runs (see the option 'worker')"
    const error = new RuntimeError(`worker: failed, got '${got}', expected ${expected}`)
    rejectAll(error)
    // A worker of the page's own may have failed at something else, and go on.
    if (worker !== source) broken = error
  }
  const failed = (event: Event): void =>
    fail((event instanceof ErrorEvent && event.message) || event.type)
  const hear = ({ data }: MessageEvent<Reply>): void => {
    if (typeof data?.anyvae !== 'number') return
    if ('progress' in data) {
      if (data.anyvae === vae) progressed(data.progress)
      return
    }
    const waiting = pending.get(data.anyvae)
    pending.delete(data.anyvae)
    if ('error' in data) waiting?.reject(unpackError(data.error, RuntimeError))
    else waiting?.resolve(data.result)
  }
  const send = (order: Order): void => {
    try {
      worker.postMessage({ anyvae: ++last, vae, ...order })
    } catch (cause) {
      refuse('worker: not to be sent', cause, 'values without functions')
    }
  }
  const stop = (error: Error): void => {
    send({ method: 'abort' })
    rejectAll(error)
  }
  // An answer to no order: the worker tells that it has heard the first.
  const silence = setTimeout(() => stop(noAnswer()), PATIENCE)
  const progressed = (progress: DownloadProgress | undefined): void => {
    clearTimeout(silence)
    try {
      if (progress) onProgress(progress)
    } catch (error) {
      if (error instanceof Error) stop(error)
    }
  }
  worker.addEventListener('message', hear, { signal })
  worker.addEventListener('messageerror', failed, { signal })
  worker.addEventListener('error', failed, { signal })
  return {
    stop,
    ask: (order) =>
      new Promise((resolve, reject) => {
        if (broken) throw broken
        send(order)
        pending.set(last, { resolve, reject })
      }),
    close() {
      clearTimeout(silence)
      controller.abort()
      if (worker !== source) worker.terminate()
      rejectAll(new RuntimeError('vae: already released, got a call under way, expected none'))
    },
  }
}

function noAnswer(): RuntimeError {
  const expected = "one that imports '@anyvae/runtime-web/worker' and runs"
  return new RuntimeError(`worker: no answer, got nothing for a minute, expected ${expected}`)
}

function make(source: () => Worker): Worker {
  try {
    return source()
  } catch (cause) {
    refuse('worker: cannot be made', cause, "a script of the page's own origin")
  }
}

function ownWorker(): Worker {
  // In one piece, since bundlers know it by its looks.
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
}

/** Where the page's import map has onnxruntime, if there is one. */
function moduleUrls(): ModuleUrls | undefined {
  // Of a variable: webpack resolves what stands there in full, and refuses these.
  const resolve = (name: string): string => import.meta.resolve(name)
  try {
    return { wasm: resolve('onnxruntime-web/wasm'), webgpu: resolve('onnxruntime-web/webgpu') }
  } catch {
    return undefined
  }
}
