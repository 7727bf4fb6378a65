// The list of weights in a model.json: what it must be before anything is read by it.
import type * as tf from '@tensorflow/tfjs-core'
import { CliError } from '../../error.js'

type Group = tf.io.WeightsManifestConfig[number]
type Entry = tf.io.WeightsManifestEntry

/** The groups of weights that a model.json names. */
export function weightGroups(file: string, manifest: unknown): Group[] {
  if (!Array.isArray(manifest) || manifest.length === 0) {
    throw new CliError(
      `${file}: has no weights, got no weightsManifest, expected a model saved with its weights`,
    )
  }
  const groups: readonly unknown[] = manifest
  return groups.map((group, i) => {
    const { paths, weights } = fieldsOf(group)
    const at = { file, place: `weightsManifest[${i}]` }
    return {
      paths: checked(at, 'paths', { value: paths, is: isTexts, expected: 'names of files' }),
      weights: checked(at, 'weights', {
        value: weights,
        is: isList,
        expected: 'a list of weights',
      }).map((weight, j) => entry({ file, place: `${at.place}.weights[${j}]` }, weight)),
    }
  })
}

interface Place {
  readonly file: string
  readonly place: string
}

function entry(at: Place, weight: unknown): Entry {
  const { name, shape, dtype, quantization } = fieldsOf(weight)
  checked(at, 'name', { value: name, is: isText, expected: 'text' })
  checked(at, 'shape', { value: shape, is: isSizes, expected: 'a list of sizes' })
  const types = `one of ${TYPES.join(', ')}`
  checked(at, 'dtype', { value: dtype, is: isType, expected: types })
  checked(at, 'quantization', {
    value: quantization,
    is: isQuantization,
    expected: 'dtype uint8 or uint16 with numbers scale and min, or dtype float16',
  })
  return weight as Entry
}

interface Wanted<T> {
  readonly value: unknown
  readonly is: (value: unknown) => value is T
  readonly expected: string
}

function checked<T>({ file, place }: Place, field: string, { value, is, expected }: Wanted<T>): T {
  if (is(value)) return value
  const got = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60)
  throw new CliError(`${file}: damaged ${place}.${field}, got ${got}, expected ${expected}`)
}

/** The fields of an object; of anything else, none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

const isText = (value: unknown) => typeof value === 'string'
const isList = (value: unknown): value is unknown[] => Array.isArray(value)
const isTexts = (value: unknown): value is string[] =>
  isList(value) && value.length > 0 && value.every(isText)

function isSizes(value: unknown): value is number[] {
  return isList(value) && value.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)
}

const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  uint8: 1,
  uint16: 2,
  float16: 2,
}

/** Strings take as many bytes as they say themselves. */
const TYPES = ['float32', 'int32', 'bool', 'complex64', 'string']

const isType = (value: unknown): value is tf.DataType => TYPES.some((type) => type === value)

function isQuantization(value: unknown): value is Entry['quantization'] {
  if (value === undefined) return true
  const { dtype, scale, min } = fieldsOf(value)
  const affine = dtype === 'uint8' || dtype === 'uint16'
  return dtype === 'float16' || (affine && Number.isFinite(scale) && Number.isFinite(min))
}

/** The bytes of a group; undefined where strings are among its weights, whose lengths are not said. */
export function groupBytes(weights: readonly Entry[]): number | undefined {
  const sizes = weights.map(({ shape, dtype, quantization }) => {
    const bytes = BYTES[quantization?.dtype ?? dtype]
    return bytes === undefined ? undefined : bytes * shape.reduce((all, size) => all * size, 1)
  })
  return sizes.reduce<number | undefined>(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  )
}
