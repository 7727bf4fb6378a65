// The GPU device that all WebGPU sessions of the page share, until it is lost.
import { RuntimeError, refuse } from '@anyvae/runtime'

/** A device with a guard for what runs on it. */
export interface Gpu {
  readonly device: GPUDevice
  /** Settles as the task does, or rejects with a RuntimeError as soon as the device is lost. */
  guard<T>(task: () => Promise<T>): Promise<T>
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
      requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
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
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBuffersPerShaderStage',
] as const

/** An operation fails some moments before the loss that made it fail is announced. */
const ANNOUNCEMENT = 200

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
  const guard = <T>(task: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (lost) {
        reject(lost)
        return
      }
      waiting.add(reject)
      const late = (error: Error): void => void setTimeout(() => reject(error), ANNOUNCEMENT)
      task()
        .then(resolve, late)
        .finally(() => waiting.delete(reject))
    })
  return { device, guard }
}
