// Op cases of the lowerings of complex numbers.
import * as tf from '@tensorflow/tfjs-core'
import { floats, ints, of, type OpCase, positives } from './case.js'

/** Both parts of a result. */
const split = (z: tf.Tensor) => [tf.real(z), tf.imag(z)]

/** A case of two inputs that are the parts of a complex tensor. */
function complexCase(
  kernel: OpCase['kernel'],
  name: string,
  fn: (z: tf.Tensor) => tf.Tensor | tf.Tensor[],
  ...dims: number[]
): OpCase {
  const results = (z: tf.Tensor) => [fn(z)].flat().flatMap(split)
  return of(kernel, name, (a, b) => results(tf.complex(a, b)), floats(...dims), positives(...dims))
}

/** Complex numbers with complex and with real ones. */
function pairs(kernel: 'Add' | 'Sub' | 'Multiply'): OpCase[] {
  const fn = { Add: tf.add, Sub: tf.sub, Multiply: tf.mul }[kernel]
  return [
    of(
      kernel,
      'of complex numbers, broadcast',
      (a, b, c) => split(fn(tf.complex(a, b), tf.complex(c, c))),
      floats(2, 3),
      positives(2, 3),
      floats(2, 1),
    ),
    of(
      kernel,
      'of a real number and a complex one',
      (a, b, c) => split(fn(c, tf.complex(a, b))),
      floats(2, 3),
      positives(2, 3),
      floats(2, 3),
    ),
  ]
}

const sizes = [1, 2, 3, 8, 12, 31, 100]

export const complex: readonly OpCase[] = [
  of('Complex', 'parts', (a, b) => tf.real(tf.complex(a, b)), floats(2, 3), floats(2, 3)),
  of('ComplexAbs', 'of both', (a, b) => tf.abs(tf.complex(a, b)), floats(2, 3), floats(2, 3)),
  of(
    'ComplexAbs',
    'very small and very large',
    (a, b) => tf.log(tf.abs(tf.complex(a, b))),
    { ...floats(4), values: [1e-30, -1e30, 0, 3e38] },
    { ...floats(4), values: [1e-30, 1e30, 1e-38, 0] },
  ),
  of('Real', 'part', (a, b) => tf.real(tf.complex(a, b)), floats(2), positives(2)),
  of('Imag', 'part', (a, b) => tf.imag(tf.complex(a, b)), floats(2), positives(2)),
  ...sizes.map((size) => complexCase('FFT', `of ${size}`, (z) => tf.fft(z), 2, size)),
  ...sizes.map((size) => complexCase('IFFT', `of ${size}`, (z) => tf.ifft(z), 3, 2, size)),
  complexCase('FFT', 'of one vector', (z) => tf.fft(z), 6),
  complexCase('FFT', 'of no vectors', (z) => tf.fft(z), 0, 6),
  ...(['Add', 'Sub', 'Multiply'] as const).flatMap(pairs),
  complexCase('Cast', 'to itself', (z) => tf.add(tf.cast(z, 'complex64'), z), 2),
  of('Cast', 'to complex', (x) => tf.real(tf.cast(x, 'complex64')), ints(3)),
  of('Cast', 'to real', (a, b) => tf.cast(tf.complex(a, b), 'float32'), floats(3), floats(3)),
  complexCase('Concat', 'of two', (z) => tf.concat([z, z], 1), 2, 3),
  complexCase('Identity', 'clone', (z) => tf.clone(z), 2, 3),
  complexCase('OnesLike', 'of complex', (z) => tf.onesLike(z), 2, 3),
  complexCase('Pack', 'of two', (z) => tf.stack([z, z], 1), 2, 3),
  complexCase('Reshape', 'to a vector', (z) => tf.reshape(z, [6]), 2, 3),
  complexCase('Transpose', 'turned', (z) => tf.transpose(z), 2, 3),
  complexCase('ZerosLike', 'of complex', (z) => tf.zerosLike(z), 2, 3),
  of('FFT', 'real, there and back', (x) => tf.irfft(tf.rfft(x)), floats(2, 10)),
]
