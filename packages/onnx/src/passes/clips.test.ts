// Bounds become one Clip, and values stay the same, NaN too.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import type { Value } from '../builder/value.js'
import { encodeModel } from '../codec/codec.js'
import type { Graph } from '../types.js'
import { fuseClips } from './clips.js'
import { expectSame, graphOf, operators } from './harness.test.js'

type Body = (b: GraphBuilder, x: Value) => Value

const number = (b: GraphBuilder, value: number) => b.scalar('float32', value)
const relu6: Body = (b, x) => b.node('Min', [number(b, 0.6), b.node('Relu', [x])])

async function bitsOf(graph: Graph, values: readonly number[]) {
  const model = encodeModel({ irVersion: 8, opsets: { '': 17 }, graph })
  const session = await InferenceSession.create(model)
  const x = new Tensor('float32', Float32Array.from(values), [values.length])
  const { y } = await session.run({ x })
  await session.release()
  return Array.from((y?.data ?? []) as Float32Array)
}

describe('fuseClips', () => {
  it.each([
    ['Min of a number and Relu', relu6],
    ['Min of Relu and a number', (b, x) => b.node('Min', [b.node('Relu', [x]), number(b, 0.6)])],
    ['Min with 0', (b, x) => b.node('Min', [b.node('Relu', [x]), number(b, 0)])],
  ] as const satisfies [string, Body][])('makes one Clip of %s', async (_, body) => {
    const graph = graphOf([2, 9], body)
    const after = fuseClips(graph)
    expect(operators(after)).toBe('Clip')
    await expectSame(graph, after)
  })

  it.each([
    ['Min with a negative number', (b, x) => b.node('Min', [b.node('Relu', [x]), number(b, -1)])],
    ['Min with -0', (b, x) => b.node('Min', [b.node('Relu', [x]), number(b, -0)])],
    ['Max', (b, x) => b.node('Max', [b.node('Relu', [x]), number(b, 1)])],
    ['Min of three', (b, x) => b.node('Min', [b.node('Relu', [x]), number(b, 1), x])],
    ['Min of values', (b, x) => b.node('Min', [b.node('Relu', [x]), b.node('Abs', [x])])],
    [
      'Relu that others read',
      (b, x) => {
        const relu = b.node('Relu', [x])
        return b.node('Sub', [relu, b.node('Min', [relu, number(b, 0.3)])])
      },
    ],
  ] as const satisfies [string, Body][])('leaves %s', (_, body) => {
    const graph = graphOf([2, 9], body)
    expect(operators(fuseClips(graph))).toBe(operators(graph))
  })

  it('keeps NaN, infinities and zeros', async () => {
    const odd = [NaN, Infinity, -Infinity, 0, -0, 0.6, -1, 1]
    const graph = graphOf([odd.length], relu6)
    const wanted = await bitsOf(graph, odd)
    expect(wanted[0]).toBeNaN()
    expect(await bitsOf(fuseClips(graph), odd)).toEqual(wanted)
  })
})
