// A network's parameters before training, from a seed.
import { randomStream } from '@anyvae/random'
import type { Network, ParameterSpec } from './types.js'

/** Values by parameter name, each flat in the order of its shape. */
export type ParameterValues = Readonly<Record<string, Float32Array>>

/**
 * Initial parameters: element i of a uniform one is (2 u - 1) * limit, with u the i-th uniform of the
 * stream `init/<parameter name>`, computed in float64 and rounded once to float32.
 */
export function initialParameters(network: Network, seed: number): ParameterValues {
  return Object.fromEntries(network.parameters.map((spec) => [spec.name, initial(spec, seed)]))
}

/** Zeros for every parameter: the moments before the first step. */
export function zeroMoments(network: Network): ParameterValues {
  return Object.fromEntries(
    network.parameters.map((spec) => [spec.name, new Float32Array(size(spec))]),
  )
}

/** Number of values in a parameter. */
export function size({ shape }: Pick<ParameterSpec, 'shape'>): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

function initial(spec: ParameterSpec, seed: number): Float32Array {
  const { init } = spec
  if (init.kind === 'constant') return new Float32Array(size(spec)).fill(init.value)
  const uniforms = randomStream(seed, `init/${spec.name}`).uniforms(size(spec))
  const values = new Float32Array(uniforms.length)
  uniforms.forEach((u, i) => {
    values[i] = (2 * u - 1) * init.limit
  })
  return values
}
