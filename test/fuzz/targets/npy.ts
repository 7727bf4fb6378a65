// .npy files, and what images and labels make of their arrays.
import { decodeNpy, encodeNpy, ImagesError, imagesOfArray, labelsOfArray } from '@anyvae/images'
import { mutateNpy } from '../mutators/npy.js'
import { ensure, type Target } from '../target.js'
import { labels, npyFiles } from './seeds.js'

const product = (dims: readonly number[]) => dims.reduce((whole, dim) => whole * dim, 1)

/** An accepted array has as many values as it declares, and is the same once written and read again. */
function readArray(input: Uint8Array) {
  const array = decodeNpy(input, 'fuzz.npy')
  const { dtype, shape, data } = array
  ensure(
    shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0),
    `shape of [${shape.join(', ')}]`,
  )
  ensure(data.length === product(shape), `${data.length} values, shape [${shape.join(', ')}]`)
  const again = decodeNpy(encodeNpy(array), 'again.npy')
  ensure(again.dtype === dtype && again.shape.join() === shape.join(), 'another array once written')
  ensure(
    data.every((value, i) => Object.is(value, again.data[i])),
    'other values once written',
  )
  return array
}

/** Arrays alone. */
export const npy: Target = {
  seeds: () => npyFiles,
  mutate: mutateNpy,
  errors: [ImagesError],
  parse: readArray,
}

/** Arrays as images: as many bytes as the images' shape has, for whole images. */
export const npyImages: Target = {
  seeds: () => npyFiles,
  mutate: mutateNpy,
  errors: [ImagesError],
  parse(input) {
    const array = decodeNpy(input, 'fuzz.npy')
    const { shape, data } = imagesOfArray(array, 'fuzz.npy', { size: { height: 3, width: 3 } })
    const { channels, height, width } = shape
    const size = channels * height * width
    ensure(Number.isSafeInteger(size) && size > 0, `images of ${channels} x ${height} x ${width}`)
    ensure(data.length > 0 && data.length % size === 0, `${data.length} bytes, images of ${size}`)
    ensure(data.length === array.data.length, `${data.length} bytes of ${array.data.length} values`)
  },
}

/** Arrays as labels: each one a whole number, one for each image. */
export const npyLabels: Target = {
  seeds: () => labels.map(encodeNpy),
  mutate: mutateNpy,
  errors: [ImagesError],
  parse(input) {
    const array = decodeNpy(input, 'fuzz.npy')
    const found = labelsOfArray(array, 'fuzz.npy')
    ensure(found.length === array.shape[0], `${found.length} labels of ${array.shape.join(' x ')}`)
    const [, classes = 1] = array.shape
    ensure(
      found.every((label, i) =>
        classes > 1
          ? Number(array.data[i * classes + label]) === 1
          : label === Number(array.data[i]),
      ),
      'labels other than the values',
    )
  },
}
