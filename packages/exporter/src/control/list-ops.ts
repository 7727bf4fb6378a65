// What the kernels of TensorList and TensorArray do, on lists that are one tensor each.
import * as tf from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'
import {
  fromTensor,
  itemAt,
  joined,
  popped,
  pushed,
  reserved,
  resized,
  split,
  stacked,
  type TensorList,
  typed,
  withItem,
} from './list.js'
import { type FlowValue, isList } from './scope.js'
import type { FlowNode } from './topology.js'

/** A node that works on lists, and its inputs. */
export interface ListCall {
  readonly node: FlowNode
  readonly inputs: readonly FlowValue[]
  /** The numbers of a tensor that is known. */
  readonly constant: (tensor: tf.Tensor) => readonly number[] | undefined
}

type ListOp = (call: ListCall) => readonly FlowValue[]

/** By kernel: its results. */
export const listOps: Readonly<Record<string, ListOp>> = {
  TensorListReserve: (call) => [reserved(dtypeOf(call), shapeOf(call, 0), numberOf(call, 1))],
  EmptyTensorList: (call) => [reserved(dtypeOf(call), shapeOf(call, 0), 0)],
  TensorListFromTensor: (call) => [fromTensor(tensorOf(call, 0))],
  TensorListSetItem: (call) => [written(call, { list: 0, index: 1, item: 2 })],
  TensorListGetItem: (call) => [itemAt(listOf(call, 0), tensorOf(call, 1), whatOf(call))],
  TensorListStack: (call) => [stacked(withShape(call, 0, 1), whatOf(call))],
  TensorListLength: (call) => [tf.scalar(listOf(call, 0).length, 'int32')],
  TensorListPushBack: (call) => [pushed(listOf(call, 0), tensorOf(call, 1))],
  TensorListPopBack: (call) => [...popped(listOf(call, 0), whatOf(call))],
  TensorListGather: (call) => [gathered(call, withShape(call, 0, 2), 1)],
  TensorListScatter: (call) => [scattered(call, { tensor: 0, indices: 1 }, undefined)],
  TensorListScatterV2: (call) => [
    scattered(call, { tensor: 0, indices: 1 }, reserved('float32', undefined, numberOf(call, 3))),
  ],
  TensorListConcat: (call) => [joined(listOf(call, 0), whatOf(call))],
  TensorListConcatV2: (call) => [joined(listOf(call, 0), whatOf(call))],
  TensorListSplit: (call) => [split(tensorOf(call, 0), numbersOf(call, 2), whatOf(call))],
  TensorListResize: (call) => [resized(listOf(call, 0), numberOf(call, 1))],
  TensorArrayV3: (call) => {
    const shape = call.node.attrParams['elementShape']?.value
    const known = Array.isArray(shape) ? shape.map(Number) : undefined
    const list = reserved(dtypeOf(call), known, numberOf(call, 0))
    return [list, list]
  },
  TensorArrayWriteV3: (call) => [written(call, { list: 3, index: 1, item: 2 })],
  TensorArrayReadV3: (call) => [itemAt(listOf(call, 2), tensorOf(call, 1), whatOf(call))],
  TensorArrayGatherV3: (call) => [gathered(call, listOf(call, 2), 1)],
  TensorArrayScatterV3: (call) => [scattered(call, { tensor: 2, indices: 1 }, listOf(call, 3))],
  TensorArrayConcatV3: (call) => [joined(listOf(call, 1), whatOf(call))],
  TensorArraySplitV3: (call) => [split(tensorOf(call, 1), numbersOf(call, 2), whatOf(call))],
  TensorArraySizeV3: (call) => [tf.scalar(listOf(call, 1).length, 'int32')],
  TensorArrayCloseV3: () => [],
}

/** By kernel that writes one element: which of its inputs are the list, the index and the element. */
export const WRITES: Readonly<
  Record<string, { readonly list: number; readonly index?: number; readonly item: number }>
> = {
  TensorListSetItem: { list: 0, index: 1, item: 2 },
  TensorArrayWriteV3: { list: 3, index: 1, item: 2 },
  TensorListPushBack: { list: 0, item: 1 },
}

function whatOf({ node }: ListCall): string {
  return `${node.name} (${node.op})`
}

function written(
  call: ListCall,
  places: { readonly list: number; readonly index: number; readonly item: number },
): TensorList {
  const [index, item] = [tensorOf(call, places.index), tensorOf(call, places.item)]
  return withItem(listOf(call, places.list), { index, known: call.constant(index)?.[0], item })
}

/** The elements of these indices; all of them in order are the list as it is. */
function gathered(call: ListCall, list: TensorList, place: number): tf.Tensor {
  const indices = tensorOf(call, place)
  const all = stacked(list, whatOf(call))
  const known = call.constant(indices)
  const inOrder = known?.length === list.length && known.every((each, i) => each === i)
  return inOrder ? all : tf.gather(all, tf.cast(indices, 'int32'))
}

/** A list in which a tensor's slices stand at these indices. */
function scattered(
  call: ListCall,
  places: { readonly tensor: number; readonly indices: number },
  list: TensorList | undefined,
): TensorList {
  const [tensor, indices] = [tensorOf(call, places.tensor), tensorOf(call, places.indices)]
  const known = call.constant(indices)
  const inOrder = known?.every((each, i) => each === i)
  const length = list && list.length >= 0 ? list.length : (known?.length ?? 0)
  if (inOrder && length <= (known?.length ?? 0)) return fromTensor(tensor)
  const { dtype } = tensor
  const whole = typed({ ...(list ?? reserved(dtype, undefined, length)), dtype, length }, [
    ...tensor.shape.slice(1),
  ])
  const at = tf.expandDims(tf.cast(indices, 'int32'), 1)
  return { ...whole, elements: tf.tensorScatterUpdate(whole.elements, at, tensor) }
}

/** A list with the shape of elements that the call tells, where nothing was written to it. */
function withShape(call: ListCall, place: number, shape: number): TensorList {
  const list = listOf(call, place)
  if (list.elements !== undefined || list.shape?.every((size) => size >= 0)) return list
  const told = shapeOf(call, shape)
  return told === undefined ? list : { ...list, shape: told }
}

function listOf(call: ListCall, place: number): TensorList {
  const value = call.inputs[place]
  if (value !== undefined && isList(value)) return value
  throw new TraceError(
    `${whatOf(call)}: input ${place} is no list of tensors, got ${value ? 'a tensor' : 'nothing'}, expected a list that the model makes itself`,
  )
}

function tensorOf(call: ListCall, place: number): tf.Tensor {
  const value = call.inputs[place]
  if (value !== undefined && !isList(value)) return value
  throw new TraceError(
    `${whatOf(call)}: input ${place} is no tensor, got ${value ? 'a list of tensors' : 'nothing'}`,
  )
}

function numbersOf(call: ListCall, place: number): readonly number[] {
  const numbers = call.constant(tensorOf(call, place))
  if (numbers !== undefined) return numbers
  throw new TraceError(
    `${whatOf(call)}: input ${place} depends on values, got a tensor that is not known before the graph runs, expected a constant or sizes of inputs`,
  )
}

function numberOf(call: ListCall, place: number): number {
  return numbersOf(call, place)[0] ?? 0
}

/** The shape of elements: undefined for an unknown rank, -1 for an unknown size. */
function shapeOf(call: ListCall, place: number): readonly number[] | undefined {
  const value = call.inputs[place]
  if (value === undefined || isList(value)) return undefined
  return value.rank === 0 ? undefined : call.constant(value)
}

function dtypeOf({ node }: ListCall): tf.DataType {
  const dtype = node.attrParams['elementDType']?.value ?? node.attrParams['dtype']?.value
  return dtype === 'int32' || dtype === 'bool' ? dtype : 'float32'
}
