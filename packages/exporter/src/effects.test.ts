import { beforeAll, describe, expect, it, vi } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { exportOnnx, TraceError, traceGraph } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const exported = (fn: (x: tf.Tensor) => unknown) =>
  exportOnnx(({ x }) => fn(x) as tf.Tensor, { x: ['batch', 4] })

describe('effects of a traced function', () => {
  it.each<[string, (x: tf.Tensor, v: tf.Variable) => unknown]>([
    ['assigns', (x, v) => (v.assign(tf.sum(x)), tf.mul(x, v))],
    [
      'assigns and catches the error',
      (x, v) => {
        try {
          v.assign(tf.sum(x))
        } catch {
          return x
        }
        return tf.mul(x, v)
      },
    ],
    [
      'trains',
      (x, v) => (tf.train.sgd(0.1).applyGradients([{ name: v.name, tensor: tf.sum(x) }]), x),
    ],
  ])('refuses a function that %s, and keeps the variable', async (name, fn) => {
    const v = tf.variable(tf.scalar(3), true, `step_count_${name.length}`)
    await expect(exported((x) => fn(x, v))).rejects.toThrow(
      /assigns to a variable from outside, got step_count_\d+ of shape \[\].*return the new value as an output.*effects\.test\.ts:\d+/,
    )
    expect([...v.dataSync()]).toEqual([3])
    v.assign(tf.scalar(4))
    expect([...v.dataSync()]).toEqual([4])
    v.dispose()
  })

  it('takes variables that the function makes and assigns to itself', () => {
    const fn = (x: tf.Tensor) => {
      const own = tf.variable(tf.zerosLike(x))
      own.assign(tf.relu(x))
      const y = tf.add(own, 1)
      own.dispose()
      return y
    }
    const graph = traceGraph(({ x }) => ({ y: fn(x as tf.Tensor) }), {
      inputs: { x: { dims: [3] } },
      outputs: ['y'],
    })
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Relu', 'Add'])
  })

  it('refuses values that are read and not waited for, and lets the process live', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const attempt = exported((x) => (void x.data(), tf.relu(x)))
    await expect(attempt).rejects.toThrow(TraceError)
    await expect(attempt).rejects.toThrow(/reads the values.*\(data at .*effects\.test\.ts/)
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it.each<[string, (x: tf.Tensor) => tf.Tensor, RegExp]>([
    [
      'result',
      (x) => {
        const y = tf.relu(x)
        y.dispose()
        return y
      },
      /gives a tensor as output that was disposed of, got shape \[\S+, 4\]/,
    ],
    [
      'input',
      (x) => (x.dispose(), tf.relu(x)),
      /uses a tensor that was disposed of.*effects\.test\.ts/,
    ],
  ])('refuses a %s that was disposed of', async (_, fn, message) => {
    await expect(exported(fn)).rejects.toThrow(message)
  })

  it('says which tensor its backend cannot give at once', async () => {
    class Slow extends tf.KernelBackend {
      override write = () => ({})
      override numDataIds = () => 1
      override disposeData = () => true
      override refCount = () => 1
      override incRef = () => undefined
      override epsilon = () => 1e-7
      override floatPrecision = () => 32 as const
      override memory = () => ({ unreliable: true })
      override dispose = () => undefined
    }
    tf.registerBackend('slow', () => new Slow())
    await tf.setBackend('slow')
    const weight = tf.tensor1d([1, 2, 3, 4])
    await tf.setBackend('cpu')
    await expect(exported((x) => tf.mul(x, weight))).rejects.toThrow(
      /cannot be read at once, got float32 of shape \[4\].*data\(\).*tf\.tensor/,
    )
    tf.removeBackend('slow')
  })

  it('says how to register gradients', async () => {
    await expect(exported((x) => tf.grad((t) => tf.erf(tf.sin(t)))(x))).rejects.toThrow(
      /^\w+: its gradient is not registered.*register_all_gradients.*@tensorflow\/tfjs-layers.*effects\.test\.ts/,
    )
  })
})
