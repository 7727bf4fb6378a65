// The .npy format, version 1.0: an array of float32 that NumPy reads.

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]

/** A C-ordered float32 array, little-endian, with its header padded to a multiple of 64 bytes. */
export function encodeNpy(data: Float32Array, shape: readonly number[]): Uint8Array {
  const dims = `(${shape.map((size) => `${size},`).join(' ')})`
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${dims}, }`
  const start = Math.ceil((MAGIC.length + 2 + header.length + 1) / 64) * 64
  const bytes = new Uint8Array(start + 4 * data.length)
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  view.setUint16(MAGIC.length, start - MAGIC.length - 2, true)
  const padded = `${header.padEnd(start - MAGIC.length - 3)}\n`
  bytes.set(new TextEncoder().encode(padded), MAGIC.length + 2)
  data.forEach((value, i) => view.setFloat32(start + 4 * i, value, true))
  return bytes
}
