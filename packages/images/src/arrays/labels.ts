// Arrays of labels as class indices.
import type { NumberArray } from '../arrays.js'
import { ImagesError } from '../error.js'
import { show } from './layout.js'

/** Class indices are 16 bits wide. */
const MOST = 65_535

/**
 * An array's labels, one per image: whole numbers from 0 to 65535, whatever their type, of shape [n] or
 * [n, 1]; or one-hot rows, of shape [n, classes], whose single 1 is the class.
 *
 * @throws ImagesError where the shape is neither, or a value is no such number, with its index
 */
export function labelsOfArray(array: NumberArray, where: string): Uint16Array {
  const { shape, data } = array
  const [, classes] = shape
  if (shape.length === 2 && classes !== undefined && classes > 1) {
    return oneHotClasses(array, where, classes)
  }
  if (shape.length !== 1 && !(shape.length === 2 && classes === 1)) {
    throw new ImagesError(`${where}: no labels, got shape ${show(shape)}, expected [n]`)
  }
  const labels = Float64Array.from(Array.from(data, Number))
  const bad = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label > MOST)
  if (bad >= 0) {
    throw new ImagesError(
      `${where}: no label, got ${labels[bad]} at index ${bad}, expected a whole number from 0 to ${MOST}`,
    )
  }
  return Uint16Array.from(labels)
}

function oneHotClasses({ shape, data }: NumberArray, where: string, classes: number): Uint16Array {
  const [count = 0] = shape
  const labels = new Uint16Array(count)
  for (let i = 0; i < count; i++) {
    const row = Array.from(data.subarray(i * classes, (i + 1) * classes), Number)
    const label = row.indexOf(1)
    if (label < 0 || label > MOST || row.some((value, at) => value !== 0 && at !== label)) {
      throw new ImagesError(
        `${where}: no labels, got shape ${show(shape)}, expected [n] or one-hot rows, which row ${i} is not`,
      )
    }
    labels[i] = label
  }
  return labels
}
