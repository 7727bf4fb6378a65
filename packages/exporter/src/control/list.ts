// TensorFlow's lists of tensors (TensorList, TensorArray) as one tensor with an axis of elements in front.
import * as tf from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'

/** A list whose elements have one shape. */
export interface TensorList {
  readonly dtype: tf.DataType
  /** The elements, [length, ...shape of an element]; undefined where none was ever written. */
  readonly elements: tf.Tensor | undefined
  readonly length: number
  /** What is known of the shape of elements: -1 for a size that is not; undefined for an unknown rank. */
  readonly shape: readonly number[] | undefined
}

/** An empty list, or one of elements that are still to be written and are zero until then. */
export function reserved(
  dtype: tf.DataType,
  shape: readonly number[] | undefined,
  length: number,
): TensorList {
  const known = shape?.every((size) => size >= 0) ? shape : undefined
  const elements = known && length > 0 ? zeros(dtype, [length, ...known]) : undefined
  return { dtype, elements, length, shape }
}

/** The list of a tensor's slices along its first axis. */
export function fromTensor(tensor: tf.Tensor): TensorList {
  const [length = 0, ...shape] = tensor.shape
  return { dtype: tensor.dtype, elements: tensor, length, shape }
}

/** The list with elements of that shape: zeros where none was written yet. */
export function typed(
  list: TensorList,
  shape: readonly number[],
): TensorList & { elements: tf.Tensor } {
  const { elements = zeros(list.dtype, [list.length, ...shape]) } = list
  const own = elements.shape.slice(1)
  if (own.join() !== shape.join()) {
    throw new TraceError(
      `list of tensors: elements have several shapes, got [${own.join(', ')}] and [${shape.join(', ')}], expected one`,
    )
  }
  return { ...list, elements, shape }
}

/** All elements as one tensor. */
export function stacked(list: TensorList, what: string): tf.Tensor {
  if (list.elements !== undefined) return list.elements
  if (list.shape?.every((size) => size >= 0)) {
    return zeros(list.dtype, [list.length, ...list.shape])
  }
  throw new TraceError(
    `${what}: reads a list of tensors that nothing was written to, got elements of an unknown shape, expected one that is known`,
  )
}

/** The list with another element at an index, which must be known where the list has to grow for it. */
export function withItem(
  list: TensorList,
  { index, known, item }: { index: tf.Tensor; known: number | undefined; item: tf.Tensor },
): TensorList {
  if (known === undefined && list.length === 0) {
    throw new TraceError(
      'list of tensors: an empty list grows by an index that depends on values, expected a loop whose steps write the elements 0, 1, 2, …, or a list of known length',
    )
  }
  const grown = known === undefined || known < list.length ? list : resized(list, known + 1)
  const whole = typed(grown, item.shape)
  if (known === 0 && whole.length === 1) return { ...whole, elements: tf.expandDims(item, 0) }
  const place = tf.reshape(tf.cast(index, 'int32'), [1, 1])
  const elements = tf.tensorScatterUpdate(whole.elements, place, tf.expandDims(item, 0))
  return { ...whole, elements }
}

/** The element at an index. */
export function itemAt(list: TensorList, index: tf.Tensor, what: string): tf.Tensor {
  const all = stacked(list, what)
  return tf.reshape(tf.gather(all, tf.cast(tf.reshape(index, [1]), 'int32')), all.shape.slice(1))
}

/** The list with one element more. */
export function pushed(list: TensorList, item: tf.Tensor): TensorList {
  const one = tf.expandDims(item, 0)
  const elements = list.length === 0 ? one : tf.concat([typed(list, item.shape).elements, one], 0)
  return { ...list, elements, length: list.length + 1, shape: item.shape }
}

/** The last element, and the list without it. */
export function popped(list: TensorList, what: string): readonly [TensorList, tf.Tensor] {
  const all = stacked(list, what)
  const last = list.length - 1
  if (last < 0) throw new TraceError(`${what}: takes the last element of an empty list`)
  const item = tf.reshape(rows(all, last, 1), all.shape.slice(1))
  return [{ ...list, elements: rows(all, 0, last), length: last }, item]
}

/** The list cut, or filled up with zeros, to a length. */
export function resized(list: TensorList, length: number): TensorList {
  const { elements } = list
  if (elements === undefined || length === list.length) return { ...list, length }
  if (length < list.length) return { ...list, length, elements: rows(elements, 0, length) }
  const rest = zeros(list.dtype, [length - list.length, ...elements.shape.slice(1)])
  return { ...list, length, elements: list.length === 0 ? rest : tf.concat([elements, rest], 0) }
}

/** The elements joined along their own first axis. */
export function joined(list: TensorList, what: string): tf.Tensor {
  const all = stacked(list, what)
  const [length = 0, first = 1, ...rest] = all.shape
  return tf.reshape(all, [length * first, ...rest])
}

/** The list of a tensor's parts, which must be equally long. */
export function split(tensor: tf.Tensor, lengths: readonly number[], what: string): TensorList {
  const [size = 0] = lengths
  if (lengths.some((each) => each !== size)) {
    throw new TraceError(
      `${what}: cuts a tensor into parts of several lengths, got [${lengths.join(', ')}], expected equal ones`,
    )
  }
  return fromTensor(tf.reshape(tensor, [lengths.length, size, ...tensor.shape.slice(1)]))
}

function rows(tensor: tf.Tensor, from: number, count: number): tf.Tensor {
  const others = tensor.shape.slice(1)
  return tf.slice(tensor, [from, ...others.map(() => 0)], [count, ...others])
}

function zeros(dtype: tf.DataType, shape: readonly number[]): tf.Tensor {
  return tf.zeros([...shape], dtype === 'int32' || dtype === 'bool' ? dtype : 'float32')
}
