// Checks that training has not run off to infinity: what is no number is never kept.
import type { ChunkMetrics, TrainingState } from '../engines/engine.js'
import { TrainError } from '../error.js'
import type { Evaluation } from './evaluate.js'

const ADVICE = 'try a lower learning rate or a warm-up'

/**
 * Checks a chunk's losses, or an evaluation's.
 *
 * @param step the number of the first step, 0 for the run's first; of an evaluation, the steps done
 * @throws TrainError that names the first such step, 1 for the run's first, and of several terms there
 *   the one that the others follow from
 */
export function checkMetrics(metrics: ChunkMetrics | Evaluation, step: number): void {
  if ('negativeElbo' in metrics) {
    if (Number.isFinite(metrics.negativeElbo)) return
    throw notFinite('test loss', `after step ${step}`, metrics.negativeElbo)
  }
  const [first] = (['reconstruction', 'kl', 'loss'] as const)
    .map((name) => ({ name, index: metrics[name].findIndex((value) => !Number.isFinite(value)) }))
    .filter(({ index }) => index >= 0)
    .toSorted((a, b) => a.index - b.index)
  if (first === undefined) return
  const { name, index } = first
  throw notFinite(name, `at step ${step + index + 1}`, metrics[name][index])
}

/** @throws TrainError where a parameter or a moment is not finite */
export function checkState(state: TrainingState): void {
  for (const values of [state.parameters, state.firstMoments, state.secondMoments]) {
    for (const [name, value] of Object.entries(values)) {
      if (Number.isFinite(sum(value))) continue
      const index = value.findIndex((each) => !Number.isFinite(each))
      if (index >= 0) throw notFinite(name, `after step ${state.step}`, value[index])
    }
  }
}

/**
 * What is no number makes the sum none, and finite float32 values cannot reach the end of float64. Four sums
 * side by side, since each addition waits for the one before it.
 */
function sum(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let i = 0; i < values.length; i += 4) {
    a += values[i] ?? 0
    b += values[i + 1] ?? 0
    c += values[i + 2] ?? 0
    d += values[i + 3] ?? 0
  }
  return a + b + c + d
}

function notFinite(what: string, when: string, got: number | undefined): TrainError {
  return new TrainError(
    `${what}: not finite ${when}, got ${String(got)}, expected a finite number; ${ADVICE}`,
  )
}
