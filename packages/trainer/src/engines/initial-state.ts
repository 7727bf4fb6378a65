// The state of a run before its first step.
import { initialParameters, zeroMoments } from '../network/initial.js'
import type { Network } from '../network/types.js'
import type { TrainingState } from './engine.js'

/** Initial parameters from the seed, moments zero. See {@link initialParameters}. */
export function initialState(network: Network, seed: number): TrainingState {
  return {
    step: 0,
    parameters: initialParameters(network, seed),
    firstMoments: zeroMoments(network),
    secondMoments: zeroMoments(network),
  }
}
