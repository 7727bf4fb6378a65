// Watches what a page has of memory and tells the GPU, without changing it.

declare global {
  /** The memories of WASM modules, which only grow. */
  var memories: WebAssembly.Memory[]
  /** The devices that the page has opened. */
  var devices: GPUDevice[]
  /** The buffers of the GPU that the page has not destroyed. */
  var buffers: Set<unknown>
  /** How many buffers there ever were. */
  var buffersMade: number
  /** How often the page has told the GPU to compute. */
  var dispatched: number
}

/** A script that a page starts with: a GPU in software then looks like hardware, but not to workers. */
export function hardenGpu(): void {
  Reflect.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { value: false })
}

/** A script that a page starts with; it is sent as text, so it names nothing of this file. */
export function watchPage(): void {
  Object.assign(globalThis, { memories: [], devices: [], buffers: new Set() })
  Object.assign(globalThis, { buffersMade: 0, dispatched: 0 })
  const { Memory } = WebAssembly
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor)
      memories.push(this)
    }
  }
  watch(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => dispatched++)
  watch(GPUBuffer.prototype, 'destroy', (buffer) => buffers.delete(buffer))
  watch(GPUDevice.prototype, 'createBuffer', (_, buffer) => {
    buffersMade++
    buffers.add(buffer)
  })
  watch(GPUAdapter.prototype, 'requestDevice', (_, opening) => {
    void Promise.resolve(opening).then((device) => {
      if (device instanceof GPUDevice) devices.push(device)
    })
  })

  function watch(owner: object, name: string, see: (self: unknown, result: unknown) => void): void {
    const method: unknown = Reflect.get(owner, name)
    if (typeof method !== 'function') throw new Error(`no method ${name}`)
    const watched = function (this: unknown, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(method, this, args)
      see(this, result)
      return result
    }
    Reflect.set(owner, name, watched)
  }
}
