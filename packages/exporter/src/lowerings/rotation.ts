// Images turned by an angle: each pixel comes from the place where it was before.
import { backend_util } from '@tensorflow/tfjs-core'
import { attr, tensorOf } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/** What TensorFlow.js gives the fourth channel where a list of values fills the others. */
const OPAQUE = 255

/** rotateWithOffset(image: Tensor4D, radians: number, fillValue: number | [r, g, b], center) */
const rotate: Lowering<'RotateWithOffset'> = ({ image }, attributes, recorder) => {
  if (image.dims.includes(0)) {
    return image
  }
  const [batch = 1, height = 1, width = 1, channels = 1] = image.dims
  const sources = rotatedPlaces(height, width, attributes)
  const { builder } = recorder
  const places = sources.map((place) => Math.max(0, place))
  const list = builder.initializer('places', tensorOf('int32', [height, width], places))
  const flat = recorder.reshape(image, [batch, height * width, channels])
  const turned = recorder.node('Gather', [flat, list], { axis: attr.int(1) })
  if (sources.every((place) => place >= 0)) {
    return turned
  }
  const mask = tensorOf(
    'bool',
    [height, width, 1],
    sources.map((place) => (place >= 0 ? 1 : 0)),
  )
  const fill = fillOf(attributes.fillValue, { channels, dataType: image.dataType }, recorder)
  return recorder.node('Where', [builder.initializer('inside', mask), turned, fill])
}

type Rotation = Parameters<Lowering<'RotateWithOffset'>>[1]

/** Where in the image, row by row, each pixel comes from; -1 where from outside. */
function rotatedPlaces(height: number, width: number, { radians, center }: Rotation): number[] {
  const [centerX, centerY] = backend_util.getImageCenter(center, height, width)
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)]
  return Array.from({ length: height * width }, (_, i) => {
    const [x, y] = [(i % width) - centerX, Math.floor(i / width) - centerY]
    const column = Math.round(x * cosine - y * sine + centerX)
    const row = Math.round(x * sine + y * cosine + centerY)
    const inside = column >= 0 && column < width && row >= 0 && row < height
    return inside ? row * width + column : -1
  })
}

function fillOf(
  fillValue: number | readonly number[],
  { channels, dataType }: { readonly channels: number; readonly dataType: Operand['dataType'] },
  recorder: Recorder,
): Operand {
  if (typeof fillValue === 'number') {
    return recorder.cast(recorder.fill('float32', [], fillValue), dataType)
  }
  const values = Array.from({ length: channels }, (_, channel) =>
    channel === 3 ? OPAQUE : (fillValue[channel] ?? 0),
  )
  const list = recorder.builder.initializer('fill', tensorOf('float32', [channels], values))
  return recorder.cast(operandOf(list), dataType)
}

export const rotation = { RotateWithOffset: rotate } as const
