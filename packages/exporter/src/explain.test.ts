import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '@anyvae/onnx'
import { blameOf } from './blame.js'
import { TraceError } from './error.js'
import { explained, within } from './explain.js'

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('explained', () => {
  it('says which operator an opset lacks, the least that has it, and the layer', () => {
    const builder = new GraphBuilder(13, [])
    const bits = builder.input('bits', { dataType: 'int32', dims: [3] })
    const attempt = () =>
      within(
        () => 'layer mask',
        () => builder.node('BitwiseAnd', [bits, bits]),
      )
    const error = explained(thrownBy(attempt))
    expect(error).toBeInstanceOf(TraceError)
    expect(String(error)).toMatch(
      /BitwiseAnd: .*13.*18 \(layer mask, at .*explain\.test\.ts:\d+:\d+\)$/,
    )
  })

  it('leaves errors of the user as they are', () => {
    const error = new RangeError('of the user')
    expect(explained(error)).toBe(error)
    expect(explained(3)).toBe(3)
  })
})

describe('blameOf', () => {
  it.each([
    [
      'V8',
      `TraceError: no
    at Unique.kernelFunc (file:///srv/node_modules/@anyvae/exporter/dist/register.js:60:1)
    at Engine.runKernel (file:///srv/node_modules/@tensorflow/tfjs-core/dist/engine.js:40:7)
    at Object.unique__op [as unique] (file:///srv/node_modules/@tensorflow/tfjs-core/dist/ops/operation.js:4:7)
    at classify (file:///srv/app/model.js:12:8)
    at main (file:///srv/app/main.js:3:1)`,
      { place: '/srv/app/model.js:12:8', call: 'unique' },
    ],
    [
      'SpiderMonkey',
      `kernelFunc@http://host/node_modules/@anyvae/exporter/dist/register.js:60:1
dataSync@http://host/node_modules/.vite/deps/@tensorflow_tfjs-core.js?v=1:9:1
classify@http://host/src/model.ts?t=5:12:8`,
      { place: 'http://host/src/model.ts:12:8', call: 'dataSync' },
    ],
    [
      'JavaScriptCore, without a name',
      `e@https://cdn.host/tf-core.min.js:1:99
https://host/model.js:2:3`,
      undefined,
    ],
    [
      'a bundle, which holds all in one',
      `a@https://host/app.js:1:1\nb@https://host/app.js:1:9`,
      undefined,
    ],
    ['nothing', undefined, undefined],
  ])('finds the line in a stack of %s', (_, stack, wanted) => {
    expect(blameOf(stack)).toEqual(wanted)
  })
})
