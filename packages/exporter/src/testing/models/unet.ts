// A U-Net: down by max-pooling and strides, up by up-sampling and transposed convolution, with skips.
import * as tfl from '@tensorflow/tfjs-layers'
import { builtLayers, type ModelCase, sample } from './model-case.js'

const { layers } = tfl

function convolved(x: tfl.SymbolicTensor, filters: number, name: string): tfl.SymbolicTensor {
  const layer = layers.conv2d({
    filters,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
    name,
  })
  return layer.apply(x) as tfl.SymbolicTensor
}

const joined = (a: tfl.SymbolicTensor, b: tfl.SymbolicTensor, name: string) =>
  layers.concatenate({ name }).apply([a, b]) as tfl.SymbolicTensor

function unetOf(height: number | null, width: number | null) {
  const image = tfl.input({ shape: [height, width, 2], name: 'image' })
  const top = convolved(image, 6, 'down1')
  const middle = convolved(
    layers.maxPooling2d({ poolSize: 2, name: 'pool1' }).apply(top) as tfl.SymbolicTensor,
    8,
    'down2',
  )
  const strided = layers.conv2d({
    filters: 10,
    kernelSize: 3,
    strides: 2,
    padding: 'same',
    activation: 'elu',
    name: 'down3',
  })
  const bottom = convolved(strided.apply(middle) as tfl.SymbolicTensor, 10, 'bottom')
  const larger = layers.upSampling2d({ size: [2, 2], name: 'up1' }).apply(bottom)
  const skip1 = joined(larger as tfl.SymbolicTensor, middle, 'skip1')
  const transposed = layers.conv2dTranspose({
    filters: 6,
    kernelSize: 3,
    strides: 2,
    padding: 'same',
    activation: 'relu',
    name: 'up2',
  })
  const skip2 = joined(
    transposed.apply(convolved(skip1, 8, 'conv1')) as tfl.SymbolicTensor,
    top,
    'skip2',
  )
  const mask = layers.conv2d({ filters: 1, kernelSize: 1, activation: 'sigmoid', name: 'mask' })
  const outputs = mask.apply(convolved(skip2, 6, 'conv2')) as tfl.SymbolicTensor
  return builtLayers(tfl.model({ inputs: image, outputs, name: 'unet' }))
}

export const unet: ModelCase = {
  name: 'unet',
  build: () => unetOf(24, 16),
  samples: () => [1, 2].map((batch) => [sample([batch, 24, 16, 2], batch)]),
}

/** The same for images of any size that can be halved twice. */
export const unetAnySize: ModelCase = {
  name: 'unet_any_size',
  build: () => unetOf(null, null),
  options: { multiples: { height: 4, width: 4 } },
  samples: () => [[sample([1, 24, 16, 2])], [sample([2, 4, 8, 2], 1)], [sample([1, 12, 20, 2], 2)]],
}
