import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel } from '@anyvae/onnx'
import type { TensorValue } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import type { CaseTensor, OpCase } from './testing/cases/case.js'
import { cases } from './testing/cases/index.js'
import { traceGraph } from './index.js'
import { lowerings } from './lowerings/index.js'

/** Largest difference allowed, relative to 1 or the value; whole numbers and booleans are exact. */
const TOLERANCE = { float32: 1e-5, int32: 0, bool: 0 } as const

const names = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`)

const inputsOf = ({ inputs }: OpCase) =>
  inputs.map(({ dims, values, dataType }) => tf.tensor([...values], [...dims], dataType))

async function expected(opCase: OpCase): Promise<CaseTensor[]> {
  const results = tf.tidy(() => [opCase.fn(...inputsOf(opCase))].flat())
  return Promise.all(
    results.map(async (result) => ({
      dims: result.shape,
      dataType: result.dtype as CaseTensor['dataType'],
      values: Array.from(await result.data(), Number),
    })),
  )
}

function feed({ dims, values, dataType }: CaseTensor): TensorValue {
  if (dataType === 'float32') {
    return { type: dataType, dims, data: Float32Array.from(values) }
  }
  return dataType === 'int32'
    ? { type: dataType, dims, data: Int32Array.from(values) }
    : { type: dataType, dims, data: Uint8Array.from(values) }
}

async function traced(opCase: OpCase, count: number): Promise<TensorValue[]> {
  const inputNames = names(opCase.inputs.length, 'x')
  const outputs = names(count, 'y')
  const graph = traceGraph(
    (inputs) => {
      const results = [opCase.fn(...inputNames.map((name) => inputs[name] as tf.Tensor))].flat()
      return Object.fromEntries(results.map((result, i) => [`y${i}`, result]))
    },
    {
      inputs: Object.fromEntries(opCase.inputs.map((input, i) => [`x${i}`, input])),
      outputs,
    },
  )
  const session = await nodeBackend.createSession(encodeModel(createModel(graph)))
  const used = new Set(session.inputs.map((input) => input.name))
  const feeds = inputNames.flatMap((name, i) => {
    const input = opCase.inputs[i]
    return input && used.has(name) ? [[name, feed(input)] as const] : []
  })
  const results = await session.run(Object.fromEntries(feeds))
  await session.release()
  return outputs.flatMap((name) => results[name] ?? [])
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('lowerings give what TensorFlow.js gives', () => {
  it.each(cases.map((each) => [each.kernel, each.name, each] as const))(
    '%s, %s',
    async (_, __, opCase) => {
      const wanted = await expected(opCase)
      const got = await traced(opCase, wanted.length)
      expect(got.length).toBe(wanted.length)
      wanted.forEach(({ dims, dataType, values }, i) => {
        const result = got[i]
        expect(result?.dims).toEqual(dims)
        expect(result?.type).toBe(dataType)
        const data = Array.from<number | bigint>(result?.data ?? []).map(Number)
        const tolerance = opCase.tolerance ?? TOLERANCE[dataType]
        const worst = values.map((value, j) => {
          const difference = Math.abs(value - (data[j] ?? Number.NaN))
          return Object.is(value, data[j]) ? 0 : difference / Math.max(1, Math.abs(value))
        })
        expect(Math.max(...worst)).toBeLessThanOrEqual(tolerance)
      })
    },
  )

  it('has a case for every lowering that runs it, and a reason for every looser tolerance', async () => {
    const run = new Set<string>()
    for (const opCase of cases) {
      const { kernelNames } = await tf.profile(() => {
        tf.tidy(() => [opCase.fn(...inputsOf(opCase))].flat())
        return []
      })
      expect(kernelNames, `${opCase.kernel}, ${opCase.name}`).toContain(opCase.kernel)
      run.add(opCase.kernel)
    }
    expect(Object.keys(lowerings).filter((kernel) => !run.has(kernel))).toEqual([])
    expect(cases.filter((each) => each.tolerance !== undefined && !each.reason)).toEqual([])
  })
})
