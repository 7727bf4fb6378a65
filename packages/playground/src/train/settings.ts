// The settings of the form, as the trainer takes them.
import type { ImageShape } from '@anyvae/images'
import type { Provider } from '@anyvae/runtime'
import type { TrainSettings } from '@anyvae/trainer'

/** Settings of an `mlp` for images of a shape. What is out of range, the trainer refuses. */
export function settingsOf(form: HTMLFormElement, image: ImageShape): TrainSettings {
  const fields = new FormData(form)
  const number = (name: string): number => {
    const value = fields.get(name)
    return typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  }
  return {
    network: {
      architecture: 'mlp',
      image,
      hidden: [number('hidden')],
      latent: number('latent'),
    },
    epochs: number('epochs'),
    batchSize: number('batchSize'),
    learningRate: number('learningRate'),
    beta: number('beta'),
    seed: number('seed'),
  }
}

/** The provider that is chosen. */
export function providerOf(form: HTMLFormElement): Provider | 'auto' {
  const value = new FormData(form).get('provider')
  return value === 'wasm' || value === 'webgpu' ? value : 'auto'
}
