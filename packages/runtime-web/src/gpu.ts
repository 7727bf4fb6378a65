// The GPU device that all WebGPU sessions of the page share until it is lost, and proof that it computes.
import { RuntimeError, refuse } from '@anyvae/runtime'
import type { Carried, Queue, Session, TensorValue } from '@anyvae/runtime'
import type { InferenceSession } from 'onnxruntime-web'

/** A device with a guard for what runs on it. */
export interface Gpu {
  readonly device: GPUDevice
  /** The queue, whose tasks then reject with a RuntimeError as soon as the device is lost. */
  readonly queue: (queue: Queue) => Queue
  /** The session, whose release succeeds after a loss too, and then frees what is held. */
  readonly survive: (session: Session, held: Held) => Session
}

/** What a session holds, and the queue in which to free it. */
export interface Held {
  readonly session: InferenceSession
  readonly carried: Carried | undefined
  readonly queue: Queue
}

let current: Promise<Gpu> | undefined

/** The page's device; a new one after a loss. Throws RuntimeError (by rejection) where there is none. */
export function openGpu(): Promise<Gpu> {
  const opening = (current ??= requestGpu(() => {
    current = undefined
  }))
  return opening
}

async function requestGpu(forget: () => void): Promise<Gpu> {
  try {
    // Absent in many browsers, whatever the type says.
    const api: GPU | undefined = navigator.gpu
    const adapter = await api?.requestAdapter()
    if (!adapter) refuse('webgpu: not available', api ? 'no adapter' : 'no navigator.gpu', 'a GPU')
    const device = await adapter.requestDevice({
      requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: allOf(adapter.limits),
    })
    return guarded(device, forget)
  } catch (cause) {
    forget()
    if (cause instanceof RuntimeError) throw cause
    refuse('webgpu: no device', cause, 'a GPU')
  }
}

/** What onnxruntime uses where it is there. */
const FEATURES = ['shader-f16', 'subgroups'] as const
/** The limits lie on the prototype. */
function allOf(limits: GPUSupportedLimits): Record<string, number> {
  const all: Record<string, number> = {}
  for (const name in limits) all[name] = Number(Reflect.get(limits, name))
  return all
}

/** How long an operation that failed waits for the loss that may have made it fail, in milliseconds. */
const ANNOUNCEMENT = 500

function guarded(device: GPUDevice, forget: () => void): Gpu {
  const waiting = new Set<(error: RuntimeError) => void>()
  let lost: RuntimeError | undefined
  void device.lost.then(({ reason, message }) => {
    forget()
    const got = message || reason
    lost = new RuntimeError(
      `webgpu: the GPU device was lost, got '${got}', expected to be loaded anew`,
    )
    for (const reject of waiting) reject(lost)
  })
  const guard = async <T>(task: () => Promise<T>): Promise<T> => {
    if (lost) throw lost
    let end = (): void => undefined
    const settled = new Promise<T>((resolve, reject) => {
      waiting.add(reject)
      end = () => void waiting.delete(reject)
      task().then(resolve, (error: Error) => setTimeout(() => reject(error), ANNOUNCEMENT))
    })
    return settled.finally(end)
  }
  const survive = (session: Session, held: Held): Session => {
    const release = (): Promise<void> =>
      session.release().catch((error: unknown) => {
        if (error !== lost) throw error
        return held.queue(() => {
          held.carried?.dispose()
          return held.session.release()
        })
      })
    let releasing: Promise<void> | undefined
    return { ...session, release: () => (releasing ??= release()) }
  }
  return { device, queue: (queue) => (task) => queue(() => guard(task)), survive }
}

/**
 * A session on WebGPU that has run once, since creating one proves little.
 *
 * @throws RuntimeError (by rejection) where that fails or gives no numbers, and where the adapter
 * computes in software, which WASM does quicker
 */
export async function createProven(
  create: (provider: 'webgpu') => Promise<Session>,
): Promise<Session> {
  // What there is not, openGpu tells; the type of older browsers' adapters lacks nothing.
  const api: GPU | undefined = navigator.gpu
  const info: Partial<GPUAdapterInfo> | undefined = (await api?.requestAdapter())?.info
  if (info?.isFallbackAdapter) refuse('webgpu: not used', 'an adapter in software', 'a GPU')
  const session = await create('webgpu')
  try {
    await prove(session)
    return session
  } catch (error) {
    await session.release().catch(() => undefined)
    throw error
  }
}

async function prove(session: Session): Promise<void> {
  for (const [name, { data }] of Object.entries(await session.run(zeros(session)))) {
    const wrong = data instanceof Float32Array && !data.every(Number.isFinite)
    if (wrong) refuse('webgpu: a first run failed', `NaN in '${name}'`, 'numbers')
  }
}

/** One row of zeros for each input. */
function zeros({ inputs }: Session): Record<string, TensorValue> {
  return Object.fromEntries(
    inputs.map(({ name, dims: symbolic }) => {
      const dims = symbolic.map((dim) => (typeof dim === 'number' ? dim : 1))
      const size = dims.reduce((product, dim) => product * dim, 1)
      return [name, { type: 'float32', dims, data: new Float32Array(size) }]
    }),
  )
}
