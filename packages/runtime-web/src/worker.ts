// The worker's side of loadVaeInWorker: loads bundles and computes for the page that asks.
import { refuse, type Vae } from '@anyvae/runtime'
import { loadVae } from './load.js'
import { packError, type Method, type Reply, type Request } from './messages.js'
import { setModules } from './onnxruntime.js'

interface Loaded {
  readonly vae: Promise<Vae>
  readonly controller: AbortController
}

// Where a bundler makes one file of the worker, onnxruntime starts its threads from that file.
if (self.name.startsWith('em-pthread')) void import('onnxruntime-web/wasm')

const loaded = new Map<number, Loaded>()

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  // A worker of the page's own may hear other things.
  if (typeof data?.anyvae === 'number') void answer(data)
})

async function answer(request: Request): Promise<void> {
  const { anyvae } = request
  try {
    const result = await obey(request)
    reply({ anyvae, result }, buffers(result))
  } catch (error) {
    reply({ anyvae, error: packError(error) })
  }
}

async function obey(request: Request): Promise<unknown> {
  const { method, vae: number } = request
  if (method === 'load') return load(request)
  const entry = loaded.get(number)
  if (!entry) refuse('vae: already released', 'a further use', 'none')
  if (method === 'abort') entry.controller.abort()
  if (method === 'abort' || method === 'release') loaded.delete(number)
  const vae = await entry.vae
  // What was loaded by the time that its page gave it up.
  if (method === 'abort') return vae.release()
  const methods: Readonly<Record<Method, (...args: never[]) => Promise<unknown>>> = vae
  return methods[method](...(request.args as never[]))
}

async function load(request: Request & { readonly method: 'load' }): Promise<unknown> {
  const { vae: number, url, options, modules } = request
  reply({ anyvae: number, progress: undefined })
  setModules(modules)
  const controller = new AbortController()
  const vae = loadVae(url, {
    ...options,
    signal: controller.signal,
    onProgress: (progress) => reply({ anyvae: number, progress }),
  })
  loaded.set(number, { vae, controller })
  try {
    const { manifest, info } = await vae
    return { manifest, info }
  } catch (error) {
    loaded.delete(number)
    throw error
  }
}

function reply(message: Reply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer })
}

/** The memory of all arrays within a result: it moves to the page without a copy. */
function buffers(result: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(result)) return result.buffer instanceof ArrayBuffer ? [result.buffer] : []
  if (typeof result !== 'object' || result === null) return []
  return [...new Set(Object.values(result).flatMap(buffers))]
}
