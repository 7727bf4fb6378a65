// Which elements TopK, ArgMax and ArgMin choose where several are equal but for rounding.
import * as tf from '@tensorflow/tfjs-core'

/** The kernels of TensorFlow.js that choose positions, under the names of ONNX's operators. */
export const CHOOSING = ['TopK', 'ArgMax', 'ArgMin'] as const

export type ChoosingKernel = (typeof CHOOSING)[number]

/** Positions that the other model chose, in the order of the nodes of each operator. */
export type Choices = Readonly<Partial<Record<ChoosingKernel, readonly ArrayLike<number>[]>>>

/** What came of imposing choices. */
export interface Imposed<T> {
  readonly result: T
  /** How many positions TensorFlow.js would have chosen otherwise. */
  readonly changed: number
}

/**
 * Runs a function on the cpu backend with the positions that another model chose in place of its own.
 * Each must be as good as TensorFlow.js's choice by TensorFlow.js's own scores: at each rank the score
 * must be the same within `tolerance` of the largest one, and no position may be there twice. All that
 * follows is then computed from the same choice. Undefined where a choice is none that rounding
 * explains, or the numbers of choices differ.
 */
export async function withChoices<T>(
  choices: Choices,
  tolerance: number,
  run: () => T | Promise<T>,
): Promise<Imposed<T> | undefined> {
  const state = { changed: 0, refused: false, next: new Map<string, number>() }
  const impose = (name: ChoosingKernel, own: ArrayLike<number>, scores: Scores) => {
    const place = state.next.get(name) ?? 0
    state.next.set(name, place + 1)
    const other = choices[name]?.[place]
    if (other === undefined || !isAsGood({ own, other }, scores, tolerance)) {
      state.refused = true
      return own
    }
    state.changed += differing(own, other)
    return other
  }
  const kernels = CHOOSING.map((name) => wrapped(name, impose))
  try {
    kernels.forEach(replaceKernel)
    const result = await run()
    const all = CHOOSING.every(
      (name) => (state.next.get(name) ?? 0) === (choices[name] ?? []).length,
    )
    return state.refused || !all ? undefined : { result, changed: state.changed }
  } finally {
    kernels.forEach(({ kernelName }, i) => {
      tf.unregisterKernel(kernelName, BACKEND)
      const own = kernels[i]?.own
      if (own) tf.registerKernel(own)
    })
  }
}

const BACKEND = 'cpu'

interface Wrapped extends tf.KernelConfig {
  readonly own: tf.KernelConfig
}

type Impose = (name: ChoosingKernel, own: ArrayLike<number>, scores: Scores) => ArrayLike<number>

function replaceKernel({ kernelName, backendName, kernelFunc }: Wrapped): void {
  tf.unregisterKernel(kernelName, backendName)
  tf.registerKernel({ kernelName, backendName, kernelFunc })
}

/** The kernel of the cpu backend, with its choice handed out and another one taken. */
function wrapped(name: ChoosingKernel, impose: Impose): Wrapped {
  const own = tf.getKernel(name, BACKEND)
  const kernelFunc: tf.KernelFunc = (call) => {
    const x = call.inputs['x'] as tf.TensorInfo
    const results = [own.kernelFunc(call)].flat()
    const [indices] = results.slice(-1)
    const backend = tf.backend()
    if (indices === undefined || x === undefined) return results
    const scores = scoresOf(name, { x, attrs: call.attrs, values: valuesOf(x) })
    const chosen = impose(name, valuesOf(indices), scores)
    const make = (values: number[], { shape, dtype }: tf.TensorInfo): tf.TensorInfo => {
      const data = dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values)
      return { dataId: backend.write(data, shape, dtype), shape, dtype }
    }
    const list = Array.from(chosen)
    const [values] = results
    if (name !== 'TopK' || values === undefined) return make(list, indices)
    return [
      make(
        list.map((at, i) => scores.at(Math.floor(i / scores.ranks), at)),
        values,
      ),
      make(list, indices),
    ]
  }
  return { kernelName: name, backendName: BACKEND, kernelFunc, own }
}

function valuesOf({ dataId }: tf.TensorInfo): ArrayLike<number> {
  return tf.backend().readSync(dataId) as ArrayLike<number>
}

/** Scores in rows, of each of which some are chosen. */
interface Scores {
  readonly count: number
  /** How many are chosen of each row. */
  readonly ranks: number
  readonly largest: number
  readonly at: (row: number, place: number) => number
}

interface Chosen {
  readonly x: tf.TensorInfo
  readonly attrs: tf.NamedAttrMap | undefined
  readonly values: ArrayLike<number>
}

/** TopK chooses along the last axis, the others along one that they name. */
function scoresOf(name: ChoosingKernel, { x, attrs, values }: Chosen): Scores {
  const given = Number([attrs?.['axis'] ?? 0].flat()[0])
  const axis = name === 'TopK' ? x.shape.length - 1 : (given + x.shape.length) % x.shape.length
  const count = x.shape[axis] ?? 1
  const inner = tf.util.sizeFromShape(x.shape.slice(axis + 1))
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i] ?? 0)
    if (magnitude > largest && magnitude < Infinity) largest = magnitude
  }
  const at = (row: number, place: number) => {
    const [outer, within] = [Math.floor(row / inner), row % inner]
    return values[(outer * count + place) * inner + within] ?? Number.NaN
  }
  return { count, ranks: name === 'TopK' ? Number(attrs?.['k'] ?? 1) : 1, largest, at }
}

interface Both {
  readonly own: ArrayLike<number>
  readonly other: ArrayLike<number>
}

/** Whether the other choice has, rank by rank, the same scores within the tolerance. */
function isAsGood({ own, other }: Both, { count, ranks, largest, at }: Scores, tolerance: number) {
  if (own.length !== other.length) return false
  const within = tolerance * largest
  let seen = new Set<number>()
  return Array.from(other).every((place, i) => {
    const row = Math.floor(i / ranks)
    if (i % ranks === 0) seen = new Set()
    if (!(place >= 0 && place < count) || seen.has(place)) return false
    seen.add(place)
    const [a, b] = [at(row, own[i] ?? -1), at(row, place)]
    return Object.is(a, b) || Math.abs(a - b) <= within
  })
}

function differing(own: ArrayLike<number>, other: ArrayLike<number>): number {
  return Array.from(own).filter((place, i) => place !== other[i]).length
}
