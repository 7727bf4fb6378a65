// Which operator sets are known, and the file format version that each came with.
import { OnnxError } from '../error.js'
import type { Model } from '../types.js'

/** The lowest IR version for an operator set of ONNX: that of the release in which it appeared. */
const irVersions: Readonly<Record<number, number>> = {
  13: 7,
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
}

const newestIr = Math.max(...Object.values(irVersions))

/** Throws OnnxError unless the model's operator set is known and its IR version goes with it. */
export function checkVersions(model: Model): void {
  const opset = model.opsets['']
  const known = Object.keys(irVersions)
  const lowest = opset === undefined ? undefined : irVersions[opset]
  if (lowest === undefined) {
    throw new OnnxError(
      `model: unknown operator set, got ${opset ?? 'none'}, expected one of ${known.join(', ')}`,
    )
  }
  const { irVersion } = model
  if (Number.isInteger(irVersion) && irVersion >= lowest && irVersion <= newestIr) return
  throw new OnnxError(
    `model: wrong IR version for opset ${opset}, got ${irVersion}, expected ${lowest} to ${newestIr}`,
  )
}

/** The lowest IR version that goes with an operator set; OnnxError for one that is not known. */
export function lowestIrVersion(opset: number): number {
  const lowest = irVersions[opset]
  if (lowest === undefined) {
    throw new OnnxError(
      `opset: not supported, got ${opset}, expected one of ${Object.keys(irVersions).join(', ')}`,
    )
  }
  return lowest
}
