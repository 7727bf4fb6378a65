// The networks of the benchmark: what they are, what they are trained on, and the work of a step.

const GREY = { channels: 1, height: 28, width: 28 }
const COLOUR = { channels: 3, height: 32, width: 32 }

/** By name: options of `createNetwork`, images a step, and how many images there are. */
export const NETWORKS = {
  mlp: {
    title: '784-400-20, ReLU',
    options: { architecture: 'mlp', image: GREY, latent: 20, hidden: [400] },
    batchSize: 128,
    images: 60_000,
  },
  mlp500: {
    title: '784-500-500-20, softplus',
    options: {
      architecture: 'mlp',
      image: GREY,
      latent: 20,
      hidden: [500, 500],
      activation: 'softplus',
    },
    batchSize: 100,
    images: 60_000,
  },
  conv: {
    title: '28x28x1, two 5x5 convolutions of stride 2 (16 and 32 filters) and back, 20 latents',
    options: { architecture: 'conv', image: GREY, latent: 20, filters: [16, 32], kernelSize: 5 },
    batchSize: 100,
    images: 60_000,
  },
  resnet: {
    title:
      '32x32x3, three levels of a residual block (32, 64 and 128 filters) and back, 128 latents',
    options: { architecture: 'resnet', image: COLOUR, latent: 128, filters: [32, 64, 128] },
    batchSize: 64,
    // Fewer: nobody here sees as many in the time of a run.
    images: 20_000,
  },
}

/**
 * Floating point operations of a training step: of each layer's matrix product two for each multiply-add,
 * once on the way forward and twice on the way back, for the gradients of its weights and of its input.
 * The first layer's input has no gradient. Everything element by element counts as nothing.
 */
export function stepFlops({ options, batchSize }) {
  const flops = products(options).map(({ rows, inner, columns, first }) => {
    return 2 * rows * inner * columns * (first ? 2 : 3)
  })
  return batchSize * flops.reduce((sum, each) => sum + each, 0)
}

/** Values of an operand: larger ones come from memory, and no peak is there. */
const MOST_VALUES = 4_000_000

/** Squares, at which matrix products are fastest. */
const SQUARES = [512, 768, 1024].map((size) => [size, size, size])

/**
 * Where the machine's peak is looked for: squares, and the matrix products of a training step, as
 * [rows, inner, columns], each shape once.
 */
export function stepShapes({ options, batchSize }) {
  const shapes = products(options).flatMap(({ rows, inner, columns }) => {
    const all = batchSize * rows
    return [
      [all, inner, columns],
      [inner, all, columns],
      [all, columns, inner],
    ]
  })
  const small = [...SQUARES, ...shapes].filter(([rows, inner, columns]) => {
    return Math.max(rows * inner, inner * columns, rows * columns) <= MOST_VALUES
  })
  return [...new Map(small.map((shape) => [shape.join(), shape])).values()]
}

/** A network's layers as matrix products on the way forward; `rows` are those of one image. */
function products(options) {
  const list = PRODUCTS[options.architecture](options)
  return list.map((product, index) => ({ ...product, first: index === 0 }))
}

const PRODUCTS = { mlp: mlpProducts, conv: convProducts, resnet: resnetProducts }

const dense = (inner, columns) => ({ rows: 1, inner, columns })
/** One row for each pixel that the convolution gives, or that its transpose takes. */
const convolution = (pixels, inner, columns) => ({ rows: pixels, inner, columns })

function mlpProducts({ image, hidden, latent }) {
  const widths = [image.channels * image.height * image.width, ...hidden]
  const there = widths.slice(1).map((width, i) => dense(widths[i], width))
  const last = widths.at(-1)
  const back = there.toReversed().map(({ inner, columns }) => dense(columns, inner))
  return [...there, dense(last, latent), dense(last, latent), dense(latent, last), ...back]
}

function convProducts({ image, filters, kernelSize, latent }) {
  const there = []
  let { channels, height, width } = image
  for (const each of filters) {
    ;[height, width] = [Math.ceil(height / 2), Math.ceil(width / 2)]
    there.push(convolution(height * width, kernelSize ** 2 * channels, each))
    channels = each
  }
  const features = height * width * channels
  const back = there.toReversed().map(({ rows, inner, columns }) => ({
    ...convolution(rows, columns, inner),
  }))
  const heads = [dense(features, latent), dense(features, latent), dense(latent, features)]
  return [...there, ...heads, ...back]
}

function resnetProducts({ image, filters, latent }) {
  const pixelsAt = (level) => (image.height * image.width) / 4 ** level
  const block = (level) => {
    const each = convolution(pixelsAt(level), 9 * filters[level], filters[level])
    return [each, each]
  }
  const down = (level) => convolution(pixelsAt(level), 4 * filters[level - 1], filters[level])
  const up = (level) => convolution(pixelsAt(level), filters[level], 4 * filters[level - 1])
  const levels = filters.map((_, level) => level)
  const features = pixelsAt(filters.length - 1) * filters.at(-1)
  return [
    convolution(pixelsAt(0), 9 * image.channels, filters[0]),
    ...levels.flatMap((level) => [...(level === 0 ? [] : [down(level)]), ...block(level)]),
    dense(features, latent),
    dense(features, latent),
    dense(latent, features),
    ...levels
      .toReversed()
      .flatMap((level) => [...block(level), ...(level === 0 ? [] : [up(level)])]),
    convolution(pixelsAt(0), 9 * filters[0], image.channels),
  ]
}
