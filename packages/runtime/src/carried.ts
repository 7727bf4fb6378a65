// What a session carries from one run to the next, where the provider computes.
import type { InferenceSession, OnnxValue, Tensor } from 'onnxruntime-common'
import { refuse } from './error.js'

/** Carried outputs, each with the input that it feeds. */
export type CarriedNames = Readonly<Record<string, string>>

/** The values that are kept between the runs of one session. */
export interface Carried {
  /** The carried outputs, each with the input that it feeds. */
  readonly names: CarriedNames
  /** The kept values, by input. */
  values(): Readonly<Record<string, Tensor>>
  /** What to fetch for the outputs asked for. */
  fetches(asked: readonly string[]): readonly string[]
  /** Keeps what a run gave in place of what was kept. */
  keep(results: Readonly<Record<string, OnnxValue>>): void
  /** Frees all that is kept. */
  dispose(): void
}

/** For backends: the option of onnxruntime that leaves carried outputs in buffers of the GPU. */
export function inGpuBuffers(
  carried: CarriedNames,
): Pick<InferenceSession.SessionOptions, 'preferredOutputLocation'> {
  const locations = Object.keys(carried).map((output) => [output, 'gpu-buffer'] as const)
  return locations.length === 0 ? {} : { preferredOutputLocation: Object.fromEntries(locations) }
}

/**
 * For backends, before `inGpuBuffers`: refuses outputs and inputs that the session lacks, pairs of
 * different types, and an input that two outputs feed.
 *
 * @throws RuntimeError
 */
export function checkCarried(session: InferenceSession, carried: CarriedNames): void {
  const fed = new Set<string>()
  for (const [output, input] of Object.entries(carried)) {
    const from = typeOf(session.outputMetadata, output, 'output')
    const to = typeOf(session.inputMetadata, input, 'input')
    if (from !== to) refuse(`carried '${output}': wrong type for '${input}'`, from, to)
    if (fed.has(input))
      refuse(`carried '${output}': not the only one`, `'${input}'`, 'an input each')
    fed.add(input)
  }
}

function typeOf(
  values: readonly InferenceSession.ValueMetadata[],
  name: string,
  what: string,
): string {
  const value = values.find((each) => each.name === name)
  const known = values.map((each) => each.name).join(', ')
  if (value === undefined) refuse(`carried: unknown ${what}`, `'${name}'`, known)
  return value.isTensor ? value.type : 'no tensor'
}

/**
 * What a session carries; nothing is kept before the first run. For backends, to hand to `wrapSession`.
 *
 * @throws RuntimeError as `checkCarried` does
 */
export function createCarried(session: InferenceSession, names: CarriedNames): Carried {
  checkCarried(session, names)
  const outputs = Object.keys(names)
  // Where outputs are bound to the GPU, onnxruntime-node expects in each run those of the runs before.
  const fetched = new Set(outputs)
  let kept: Record<string, Tensor> = {}
  const dispose = (): void => {
    for (const tensor of Object.values(kept)) tensor.dispose()
    kept = {}
  }
  return {
    names,
    values: () => kept,
    fetches(asked) {
      if (outputs.length === 0) return asked
      for (const name of asked) fetched.add(name)
      return [...fetched]
    },
    keep(results) {
      const next = Object.entries(names).flatMap(([output, input]) => {
        const value = results[output]
        return value === undefined ? [] : [[input, value] as const]
      })
      dispose()
      kept = Object.fromEntries(next)
    },
    dispose,
  }
}
