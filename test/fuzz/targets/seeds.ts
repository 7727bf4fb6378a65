// Images and arrays that the targets' seeds are made of.
import { encodeIdx, encodeNpy, glyphs, type NpyArray } from '@anyvae/images'

const SIDE = 6
const COUNT = 4

/** Four drawn digits of 6 x 6 pixels. */
export const digits = glyphs({ count: COUNT, seed: 1, height: SIDE, width: SIDE })

const bytes = digits.data.slice()
const shape = [COUNT, SIDE, SIDE]
const ramp = (length: number) => Array.from({ length }, (_, i) => 25 * (i % 11))

/** Arrays of the usual types and layouts. */
export const arrays: readonly NpyArray[] = [
  { dtype: 'u1', shape, data: bytes },
  { dtype: 'f4', shape, data: Float32Array.from(bytes, (value) => value / 255) },
  { dtype: 'f8', shape: [2, 6, 5, 3], data: Float64Array.from(ramp(180)) },
  { dtype: 'i2', shape: [2, 3, 5, 6], data: Int16Array.from(ramp(180)) },
  { dtype: 'u8', shape: [3, 5, 5, 1], data: BigUint64Array.from(ramp(75), BigInt) },
  { dtype: 'b1', shape: [4, 9], data: Uint8Array.from(ramp(36), (value) => (value / 25) % 2) },
]

/** Labels of four images in the usual types. */
export const labels: readonly NpyArray[] = [
  { dtype: 'u1', shape: [COUNT], data: Uint8Array.of(3, 1, 0, 9) },
  { dtype: 'i8', shape: [COUNT, 1], data: BigInt64Array.of(3n, 1n, 0n, 9n) },
  { dtype: 'f4', shape: [COUNT], data: Float32Array.of(3, 1, 0, 9) },
]

/** Images and labels as IDX files. */
export const idxImages = encodeIdx({ dims: shape, data: bytes })
export const idxLabels = encodeIdx({ dims: [COUNT], data: Uint8Array.of(3, 1, 0, 9) })

/** The arrays as .npy files. */
export const npyFiles = arrays.map(encodeNpy)
