// Op cases of random choices, whose uniform numbers are those that the cpu backend draws of seed 5.
import { type CaseTensor, of, type OpCase, tensor } from './case.js'
import { runKernel } from './unrun.js'

const SEED = 5

/** The first numbers of that seed, the same for each row. */
const drawn = [
  0.2526167333126068, 0.20567649602890015, 0.9055684208869934, 0.030568087473511696,
  0.9859573841094971, 0.1806180328130722, 0.4028950333595276, 0.9305922389030457,
]

function uniforms(rows: number): CaseTensor {
  const repeated = Array.from({ length: rows }, () => drawn)
  return tensor([rows, drawn.length], repeated.flat())
}

const choice =
  (normalized: boolean): OpCase['fn'] =>
  (logits, uniforms) => {
    const attributes = { numSamples: drawn.length, seed: SEED, normalized }
    return runKernel('Multinomial', { logits: logits, uniforms: uniforms }, attributes)
  }

export const drawing: readonly OpCase[] = [
  of('Multinomial', 'logits', choice(false), tensor([2, 3], [0, 1, 2, 2, 1, 0]), uniforms(2)),
  of(
    'Multinomial',
    'probabilities, one of them 0',
    choice(true),
    tensor([2, 3], [0.5, 0.25, 0.25, 0, 0.3, 0.7]),
    uniforms(2),
  ),
  of(
    'Multinomial',
    'probabilities that add up to less than 1',
    choice(true),
    tensor([1, 4], [0.2, 0.1, 0.1, 0.1]),
    uniforms(1),
  ),
  of(
    'Multinomial',
    'logits that are not numbers',
    choice(false),
    tensor([2, 3], [0, Number.NaN, 2, Number.NEGATIVE_INFINITY, 1, 0]),
    uniforms(2),
  ),
]
