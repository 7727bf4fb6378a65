// What a comparison means for the file: written, written with a warning, or not written.
import type { ExportedModel } from '@anyvae/exporter'
import { CliError } from '../../error.js'
import type { LoadedModel } from '../model.js'
import { type Comparison, compareModels } from './compare.js'
import { knownDeviation } from './deviations.js'
import { type Difference, differenceText, TOLERANCES } from './difference.js'
import type { Open } from './feeds.js'

/** How strict to be, and what the model's open sizes may be. */
export interface VerifyOptions extends Open {
  readonly precision: 'fp32' | 'fp16'
  /** Whether a model that differs is written all the same. */
  readonly force: boolean
  readonly warn: (line: string) => void
}

/**
 * Compares both models. Outputs that may differ by rounding alone are a warning with their figures,
 * others an error, or with `force` a warning too. Undefined where the weights are too large to be run.
 *
 * @throws CliError naming the output that differs most, and where
 */
export async function verifyModels(
  loaded: LoadedModel,
  exported: ExportedModel,
  { precision, force, warn, ...open }: VerifyOptions,
): Promise<Comparison | undefined> {
  const tolerance = TOLERANCES[precision]
  const comparison = await compareModels(loaded, exported, { ...open, tolerance })
  if (comparison === undefined) return undefined
  const { outputs, swapped } = comparison
  const own = (each: Difference) => ({ ...each, name: exported.names[each.name] ?? each.name })
  const different = outputs.filter(({ verdict }) => verdict === 'different').map(own)
  const [worst] = different.toSorted((a, b) => b.relative - a.relative)
  if (worst !== undefined) {
    const others =
      different.length > 1 ? ` (${different.length} of ${outputs.length} outputs differ)` : ''
    const told = `the ONNX model gives other values, got ${differenceText(worst)}${others}, expected at most ${tolerance.same.toExponential(0)}; ${knownDeviation(loaded.model) ?? ''}`
    if (!force) {
      throw new CliError(
        `convert: ${told}nothing was written (--force writes it all the same, --no-verify does not compare)`,
      )
    }
    warn(`${told}written all the same, as --force says`)
  }
  for (const each of outputs.filter(({ verdict }) => verdict === 'unclear').map(own)) {
    warn(
      `rounding may explain it, or may not: ${differenceText(each)}, where ${tolerance.same.toExponential(0)} is usual`,
    )
  }
  if (swapped > 0) {
    warn(
      `${swapped} ${swapped === 1 ? 'position was' : 'positions were'} chosen otherwise among scores that are equal but for rounding; all else was compared for the same choice`,
    )
  }
  return comparison
}
