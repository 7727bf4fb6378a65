// Notes the largest typed array that is asked for: zeroed memory that nobody touches shows in no other measure.

const CLASSES = [
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigUint64Array',
  'BigInt64Array',
] as const

/** The largest allocation since it was last asked for, in bytes. */
export interface Allocations {
  takeLargest(): number
}

/** Watches the constructors of this realm's buffers and typed arrays from now on. */
export function watchAllocations(): Allocations {
  let largest = 0
  for (const name of CLASSES) {
    const original = globalThis[name]
    const width = 'BYTES_PER_ELEMENT' in original ? original.BYTES_PER_ELEMENT : 1
    const watched = watchedConstructor(original, (length) => {
      largest = Math.max(largest, length * width)
    })
    Reflect.set(globalThis, name, watched)
    Reflect.set(original.prototype, 'constructor', watched)
  }
  return {
    takeLargest() {
      const taken = largest
      largest = 0
      return taken
    },
  }
}

/** A constructor that tells the lengths that it is called with. */
function watchedConstructor(original: object, onLength: (length: number) => void): object {
  const watched: object = new Proxy(original, {
    construct(target, args: unknown[], newTarget): object {
      const [length] = args
      if (typeof length === 'number') onLength(length)
      // Subclasses and `from` keep the class that they ask for.
      const made: unknown = newTarget === watched ? target : newTarget
      const instance: unknown = Reflect.construct(
        target as new () => object,
        args,
        made as new () => object,
      )
      return instance as object
    },
  })
  return watched
}
