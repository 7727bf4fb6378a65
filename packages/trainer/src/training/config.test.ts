import { describe, expect, it } from 'vitest'
import {
  createNetwork,
  parseNetworkConfig,
  parseTrainConfig,
  scalarsOf,
  TrainError,
} from '../index.js'

const network = { image: { channels: 1, height: 28, width: 28 } }

describe('parseTrainConfig', () => {
  it('fills in what is left out, and keeps it when read back', () => {
    const config = parseTrainConfig({ network })
    expect(config).toMatchInlineSnapshot(`
      {
        "batchSize": 128,
        "beta": 1,
        "epochs": 10,
        "evaluation": {
          "batchSize": 500,
          "seed": 0,
        },
        "klWarmup": {
          "steps": 0,
        },
        "learningRate": 0.003,
        "network": {
          "activation": "relu",
          "architecture": "mlp",
          "hidden": [
            400,
          ],
          "image": {
            "channels": 1,
            "height": 28,
            "width": 28,
          },
          "latent": 20,
          "likelihood": "bernoulli",
        },
        "schedule": {
          "final": 0,
          "name": "cosine",
          "warmup": {
            "epochs": 0.5,
          },
        },
        "seed": 1,
      }
    `)
    expect(parseTrainConfig(JSON.parse(JSON.stringify(config)))).toEqual(config)
  })

  it('has the published sizes', () => {
    const shapes = (architecture: string) => {
      const config = parseTrainConfig({ network: { ...network, architecture } })
      return createNetwork(config.network)
        .parameters.filter(({ name }) => name.endsWith('kernel'))
        .map(({ name, shape }) => `${name} ${shape.join('x')}`)
    }
    expect(shapes('mlp')).toEqual([
      'encoder/hidden/kernel 784x400',
      'encoder/mean/kernel 400x20',
      'encoder/log_variance/kernel 400x20',
      'decoder/hidden/kernel 20x400',
      'decoder/output/kernel 400x784',
    ])
    expect(shapes('conv')).toEqual([
      'encoder/conv_1/kernel 5x5x1x16',
      'encoder/conv_2/kernel 5x5x16x32',
      'encoder/mean/kernel 1568x20',
      'encoder/log_variance/kernel 1568x20',
      'decoder/hidden/kernel 20x1568',
      'decoder/conv_1/kernel 5x5x16x32',
      'decoder/output/kernel 5x5x1x16',
    ])
  })

  it.each([
    [
      { network: { ...network, architecture: 'unet' } },
      'architecture: unknown, got "unet", expected mlp or conv or resnet',
    ],
    [
      { network: { ...network, latent: 0 } },
      'latent: out of range, got 0, expected a whole number of at least 1',
    ],
    [
      { network: { ...network, filters: [4] } },
      'filters: not a setting of mlp, got [4], expected it to be left out',
    ],
    [
      { network: { ...network, latents: 5 } },
      'network: unknown setting, got "latents", expected one of architecture, image, latent, likelihood, hidden, activation',
    ],
    [
      { network: { ...network, architecture: 'conv', hiden: [5] } },
      'network: unknown setting, got "hiden", expected one of architecture, image, latent, likelihood, filters, kernelSize',
    ],
    [
      { network: { ...network, hidden: [] } },
      'hidden: no sizes, got [], expected a list of whole numbers',
    ],
    [{ network: {} }, 'image: not an object, got undefined, expected an object'],
    [
      { network, batchSize: 0 },
      'batchSize: out of range, got 0, expected a whole number of at least 1',
    ],
    [
      { network, epochs: 1.5 },
      'epochs: out of range, got 1.5, expected a whole number of at least 1',
    ],
    [
      { network, learningRate: Number.NaN },
      'learningRate: out of range, got NaN, expected a finite number above 0',
    ],
    [
      { network, learningRate: '1' },
      'learningRate: out of range, got "1", expected a finite number above 0',
    ],
    [{ network, beta: -1 }, 'beta: out of range, got -1, expected a finite number of at least 0'],
    [
      { network, schedule: { name: 'exp' } },
      'schedule.name: unknown, got "exp", expected constant or cosine or linear or step',
    ],
    [
      { network, schedule: { name: 'constant', final: 1 } },
      'schedule: unknown setting, got "final", expected one of name, warmup',
    ],
    [
      { network, epoch: 3 },
      'config: unknown setting, got "epoch", expected one of network, epochs,',
    ],
    [
      { network, klWarmup: { epochs: Infinity } },
      'klWarmup: out of range, got Infinity, expected a finite number of at least 0',
    ],
  ])('refuses %j', (config, message) => {
    expect(() => parseTrainConfig(config)).toThrow(TrainError)
    expect(() => parseTrainConfig(config)).toThrow(message)
  })
})

it('takes a network setting that is undefined as left out', () => {
  const { network: mlp } = parseTrainConfig({ network })
  expect(parseNetworkConfig({ ...network, filters: undefined, hidden: undefined })).toEqual(mlp)
})

describe('scalarsOf', () => {
  const at = (schedule: object, step: number) =>
    scalarsOf(
      parseTrainConfig({
        network,
        epochs: 4,
        learningRate: 1,
        schedule: { warmup: { steps: 0 }, ...schedule },
      }),
      step,
      10,
    ).learningRate

  it.each([
    [{ name: 'constant' }, [1, 1, 1, 1]],
    [{ name: 'linear' }, [1, 0.75, 0.5, 0.025]],
    [{ name: 'linear', final: 0.5 }, [1, 0.875, 0.75, 0.5125]],
    [{ name: 'cosine' }, [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 + Math.cos((39 / 40) * Math.PI)) / 2]],
    [{ name: 'step', every: { epochs: 1 }, factor: 0.1 }, [1, 0.1, 0.01, 0.001]],
    [{ name: 'constant', warmup: { epochs: 2 } }, [0.05, 0.55, 1, 1]],
    [{ name: 'linear', warmup: { steps: 20 } }, [0.05, 0.55, 1, 0.05]],
  ])('moves the learning rate as %j says', (schedule, expected) => {
    const rates = [0, 10, 20, 39].map((step) => at(schedule, step))
    rates.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i] ?? Number.NaN, 9))
  })

  it('warms the weight of the KL term up', () => {
    const config = parseTrainConfig({ network, beta: 2, klWarmup: { epochs: 0.5 } })
    const betas = [0, 4, 5, 100].map((step) => scalarsOf(config, step, 10).beta)
    expect(betas).toEqual([0.4, 2, 2, 2])
  })
})
