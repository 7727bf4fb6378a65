// The GPU device that all WebGPU sessions of the page share until it is lost, and proof that it computes.
import { RuntimeError, refuse, type Session, type TensorValue } from '@anyvae/runtime'

/** A device with a guard for what runs on it. */
export interface Gpu {
  readonly device: GPUDevice
  /** Settles as the task does, or rejects with a RuntimeError as soon as the device is lost. */
  readonly guard: <T>(task: () => Promise<T>) => Promise<T>
  /** The session, whose release succeeds after a loss too; `free` then frees what it holds. */
  readonly survive: (session: Session, free: () => Promise<void>) => Session
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
  const survive = (session: Session, free: () => Promise<void>): Session => ({
    ...session,
    release: () =>
      session.release().catch((error: unknown) => {
        if (error !== lost) throw error
        return free()
      }),
  })
  return { device, guard, survive }
}

/** Runs a session once. Throws RuntimeError (by rejection) where that fails or gives no numbers. */
export async function prove(session: Session): Promise<void> {
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
