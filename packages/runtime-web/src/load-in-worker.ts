// A Vae that computes in a worker, so that the page never waits.
import { RuntimeError, parseUrl, refuse } from '@anyvae/runtime'
import type { DownloadProgress, Manifest, RuntimeInfo, Vae } from '@anyvae/runtime'
import type { LoadVaeOptions } from './load.js'
import { unpackError, type Method, type Order, type Reply } from './messages.js'
import { absolutePaths, type ModuleUrls } from './onnxruntime.js'

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
 * @throws RuntimeError (by rejection) as `loadVae` does, or where the worker cannot start
 */
export async function loadVaeInWorker(
  url: string | URL,
  options: WorkerOptions = {},
): Promise<Vae> {
  const { worker = ownWorker, signal, onProgress, wasmPaths, ...rest } = options
  const order = {
    method: 'load',
    url: parseUrl(String(url)).href,
    options: { ...rest, ...(wasmPaths !== undefined && { wasmPaths: absolutePaths(wasmPaths) }) },
    modules: moduleUrls(),
  } as const
  const line = connect(worker, onProgress)
  const abort = (): void => line.send({ method: 'abort' })
  const end = (): void => {
    signal?.removeEventListener('abort', abort)
    line.close()
  }
  const loading = line.ask(order)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  try {
    return remote((await loading) as Loaded, line, end)
  } catch (error) {
    end()
    throw error
  }
}

interface Loaded {
  readonly manifest: Manifest
  readonly info: RuntimeInfo
}

function remote(loaded: Loaded, line: Line, end: () => void): Vae {
  let released = false
  const method =
    <T>(name: Method) =>
    async (...args: unknown[]): Promise<T> => {
      if (released) refuse('vae: already released', 'a further use', 'none')
      released = name === 'release'
      return (await line.ask({ method: name, args })) as T
    }
  const release = method<void>('release')
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
    async release() {
      if (released) return release()
      try {
        await release()
      } finally {
        end()
      }
    },
  }
}

/** The way to one Vae in a worker. */
interface Line {
  readonly send: (order: Order) => void
  readonly ask: (order: Order) => Promise<unknown>
  readonly close: () => void
}

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

let last = 0

function connect(
  source: Worker | (() => Worker),
  onProgress: ((progress: DownloadProgress) => void) | undefined,
): Line {
  const worker = typeof source === 'function' ? make(source) : source
  const vae = ++last
  const pending = new Map<number, Pending>()
  const controller = new AbortController()
  const { signal } = controller
  let broken: RuntimeError | undefined
  const rejectAll = (error: RuntimeError): void => {
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }
  const fail = (event: Event): void => {
    const got = (event instanceof ErrorEvent && event.message) || event.type
    const expected = "a worker that runs (see the option 'worker')"
    const error = new RuntimeError(`worker: failed, got '${got}', expected ${expected}`)
    rejectAll(error)
    // A worker of the page's own may have failed at something else, and go on.
    if (worker !== source) broken = error
  }
  const hear = ({ data }: MessageEvent<Reply>): void => {
    if (typeof data?.anyvae !== 'number') return
    if ('progress' in data) {
      if (data.anyvae === vae) onProgress?.(data.progress)
      return
    }
    const waiting = pending.get(data.anyvae)
    pending.delete(data.anyvae)
    if ('error' in data) waiting?.reject(unpackError(data.error, RuntimeError))
    else waiting?.resolve(data.result)
  }
  worker.addEventListener('message', hear, { signal })
  worker.addEventListener('messageerror', fail, { signal })
  worker.addEventListener('error', fail, { signal })
  const send = (order: Order): void => {
    try {
      worker.postMessage({ anyvae: ++last, vae, ...order })
    } catch (cause) {
      refuse('worker: not to be sent', cause, 'values without functions')
    }
  }
  return {
    send,
    ask: (order) =>
      new Promise((resolve, reject) => {
        if (broken) throw broken
        send(order)
        pending.set(last, { resolve, reject })
      }),
    close() {
      controller.abort()
      if (worker !== source) worker.terminate()
      rejectAll(new RuntimeError('vae: already released, got a call under way, expected none'))
    },
  }
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
