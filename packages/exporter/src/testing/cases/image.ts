// Op cases of the lowerings of images.
import * as tf from '@tensorflow/tfjs-core'
import { type Fn, floats, indices, ints, of, type OpCase, tensor } from './case.js'

type Resize = typeof tf.image.resizeBilinear

const resizes = {
  ResizeBilinear: tf.image.resizeBilinear,
  ResizeNearestNeighbor: tf.image.resizeNearestNeighbor,
}
const sizes: [number, number][] = [
  [8, 12],
  [5, 9],
  [3, 4],
  [2, 3],
  [7, 6],
  [1, 1],
  [4, 6],
  [9, 2],
]
const modes = [
  [false, false],
  [true, false],
  [false, true],
] as const

const resize =
  (op: Resize, size: [number, number], [align, half]: readonly [boolean, boolean]): Fn =>
  (x) =>
    op(x as tf.Tensor4D, size, align, half)

const resized: OpCase[] = (['ResizeBilinear', 'ResizeNearestNeighbor'] as const).flatMap((kernel) =>
  modes.flatMap((mode) => [
    ...sizes.map((size) =>
      of(
        kernel,
        `4 x 6 to ${size.join(' x ')}, ${mode.join(', ')}`,
        resize(resizes[kernel], size, mode),
        floats(2, 4, 6, 3),
      ),
    ),
    of(
      kernel,
      `int32, ${mode.join(', ')}`,
      resize(resizes[kernel], [5, 3], mode),
      ints(1, 3, 4, 2),
    ),
    of(
      kernel,
      `one row, ${mode.join(', ')}`,
      resize(resizes[kernel], [3, 5], mode),
      floats(1, 1, 3, 2),
    ),
    of(
      kernel,
      `large, ${mode.join(', ')}`,
      resize(resizes[kernel], [49, 70], mode),
      floats(1, 30, 41, 1),
    ),
  ]),
)

const gradient =
  (op: Resize, size: [number, number], align: boolean): Fn =>
  (x) =>
    tf.grad((each) => tf.square(op(each as tf.Tensor4D, size, align)))(x)

/** Square images alone, one of them: TensorFlow.js's cpu backend mixes up others. */
const gradients: OpCase[] = (['ResizeBilinear', 'ResizeNearestNeighbor'] as const).flatMap(
  (kernel) =>
    [false, true].flatMap((align) =>
      [
        [4, 4],
        [8, 8],
        [7, 5],
        [12, 8],
        [3, 2],
        [2, 2],
        [1, 1],
      ].map(([height = 1, width = 1]) =>
        of(
          `${kernel}Grad`,
          `4 x 4 to ${height} x ${width}, ${align}`,
          gradient(resizes[kernel], [height, width], align),
          floats(1, 4, 4, 3),
        ),
      ),
    ),
)

const boxes = tensor(
  [5, 4],
  [0, 0, 1, 1, 0.2, 0.1, 0.8, 0.9, 0.9, 0.7, 0.1, 0.2, -0.3, 0.4, 0.5, 1.4, 0.5, 0.5, 0.5, 0.5],
)
const owners = indices([5], [0, 1, 1, 0, 1])

const crop =
  (size: [number, number], method: 'bilinear' | 'nearest', extrapolation?: number): Fn =>
  (image, edges, of) =>
    tf.image.cropAndResize(
      image as tf.Tensor4D,
      edges as tf.Tensor2D,
      of as tf.Tensor1D,
      size,
      method,
      extrapolation,
    )

const crops: OpCase[] = (['bilinear', 'nearest'] as const).flatMap((method) => [
  of('CropAndResize', method, crop([3, 4], method), floats(2, 5, 6, 2), boxes, owners),
  of(
    'CropAndResize',
    `${method}, one pixel`,
    crop([1, 1], method),
    floats(2, 5, 6, 2),
    boxes,
    owners,
  ),
  of(
    'CropAndResize',
    `${method}, 7 outside`,
    crop([4, 3], method, 7),
    floats(2, 5, 6, 2),
    boxes,
    owners,
  ),
  of(
    'CropAndResize',
    `${method}, to the last row`,
    crop([7, 13], method),
    floats(2, 11, 23, 1),
    boxes,
    owners,
  ),
  of('CropAndResize', `${method}, int32`, crop([2, 2], method), ints(2, 3, 3, 1), boxes, owners),
  of(
    'CropAndResize',
    `${method}, no such image`,
    crop([2, 2], method, 3),
    floats(1, 3, 3, 1),
    boxes,
    owners,
  ),
  of(
    'CropAndResize',
    `${method}, no boxes`,
    crop([2, 2], method),
    floats(1, 3, 3, 1),
    tensor([0, 4], []),
    indices([0], []),
  ),
])

const rotate =
  (
    radians: number,
    fill?: number | [number, number, number],
    center?: number | [number, number],
  ): Fn =>
  (image) =>
    tf.image.rotateWithOffset(image as tf.Tensor4D, radians, fill, center)

const rotations: OpCase[] = [
  of('RotateWithOffset', 'a quarter', rotate(Math.PI / 2), floats(2, 5, 4, 3)),
  of('RotateWithOffset', 'a little', rotate(0.3, 9), floats(2, 5, 7, 1)),
  of('RotateWithOffset', 'not at all', rotate(0), floats(1, 3, 4, 2)),
  of('RotateWithOffset', 'values', rotate(1, [1, 2, 3]), floats(1, 4, 4, 4)),
  of('RotateWithOffset', 'another centre', rotate(1, 0, [0.25, 0.75]), floats(1, 6, 4, 2)),
]

type Transform = readonly ['nearest' | 'bilinear', 'constant' | 'reflect' | 'wrap' | 'nearest']

const transform =
  ([interpolation, fillMode]: Transform, fill = 0, size?: [number, number]): Fn =>
  (image, transforms) =>
    tf.image.transform(
      image as tf.Tensor4D,
      transforms as tf.Tensor2D,
      interpolation,
      fillMode,
      fill,
      size,
    )

const turned = tensor([1, 8], [0.8, -0.6, 1.3, 0.6, 0.8, -0.7, 0.01, 0.02])
const far = tensor([1, 8], [2.5, 0.3, -11.2, -0.4, 3.1, -9.3, 0, 0])
const vanishing = tensor([1, 8], [1, 0, 0, 0, 1, 0, -0.5, 0])

const transforms: OpCase[] = (['nearest', 'bilinear'] as const).flatMap((interpolation) => [
  ...(['constant', 'reflect', 'wrap', 'nearest'] as const).flatMap((fillMode) =>
    [turned, far].map((coefficients, i) =>
      of(
        'Transform',
        `${interpolation}, ${fillMode}, ${i === 0 ? 'turned' : 'far'}`,
        transform([interpolation, fillMode], 3),
        floats(1, 5, 6, 2),
        coefficients,
      ),
    ),
  ),
  of(
    'Transform',
    `${interpolation}, one pixel`,
    transform([interpolation, 'wrap']),
    floats(1, 1, 1, 2),
    far,
  ),
  of(
    'Transform',
    `${interpolation}, sized`,
    transform([interpolation, 'constant'], 1, [3, 8]),
    floats(1, 5, 6, 2),
    turned,
  ),
  of(
    'Transform',
    `${interpolation}, vanishing`,
    transform([interpolation, 'constant'], 1),
    floats(1, 4, 4, 1),
    vanishing,
  ),
])

export const image: readonly OpCase[] = [
  ...resized,
  ...gradients,
  ...crops,
  ...rotations,
  ...transforms,
]
