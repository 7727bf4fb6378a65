// Weights and moments that are no numbers are refused by name: nothing can be trained or exported from them.
import { TrainError } from '../error.js'
import type { SafeTensors } from './safetensors.js'

/** @throws TrainError that names the first tensor with a value that is not finite */
export function checkFinite(tensors: SafeTensors['tensors']): void {
  for (const [name, { dtype, data }] of Object.entries(tensors)) {
    if (dtype !== 'F32') continue
    const index = data.findIndex((value) => !Number.isFinite(value))
    if (index < 0) continue
    throw new TrainError(
      `checkpoint: ${name} is not finite, got ${String(data[index])} in place ${index} of ${data.length}, expected finite numbers: training diverged there, train anew with a lower learning rate or a warm-up`,
    )
  }
}
