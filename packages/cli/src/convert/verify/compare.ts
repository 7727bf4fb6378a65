// Whether a converted model gives what the original gives: both run on the same numbers.
import type * as tf from '@tensorflow/tfjs-core'
import { type ExportedModel, withDraws } from '@anyvae/exporter'
import { externalFiles } from '@anyvae/onnx'
import type { TensorValue } from '@anyvae/runtime'
import { CliError } from '../../error.js'
import type { LoadedModel } from '../model.js'
import { withChoices } from './choices.js'
import { type Difference, differenceOf, type Tolerance } from './difference.js'
import { type FeedValue, feedsOf, type Open, sizeOf, tensorOf } from './feeds.js'
import { choicesOf, choosesPositions, sessionOf } from './session.js'

/** What the comparison found. */
export interface Comparison {
  /** Of each output, in order, the worst of all runs. */
  readonly outputs: readonly Difference[]
  /**
   * How many positions TopK, ArgMax and ArgMin chose otherwise among scores that are equal but for
   * rounding. Outputs were then compared from the same choice on.
   */
  readonly swapped: number
}

/**
 * Compares an ONNX model in ONNX Runtime with the model that it was made of in TensorFlow.js, on random
 * numbers from 0 to 1, on rows of a table where an input chooses those, and on what TensorFlow.js draws
 * itself where that is an input. Where sizes are open, two of each are tried. Undefined where the weights
 * are too large to be run from memory.
 *
 * @throws CliError where shapes or types differ
 */
export async function compareModels(
  loaded: LoadedModel,
  exported: ExportedModel,
  settings: Open & { readonly tolerance: Tolerance },
): Promise<Comparison | undefined> {
  const session = await sessionOf(exported)
  if (session === undefined) return undefined
  const open = exported.inputs.some(({ dims }) => dims?.some((dim) => typeof dim === 'string'))
  const runs: Comparison[] = []
  try {
    for (const run of open ? ([0, 1] as const) : ([0] as const)) {
      const feeds = feedsOf(exported, (symbol) => sizeOf(symbol, run, settings))
      const { wanted, all } = await original(loaded, exported, feeds)
      const got = await session.run(all)
      const both = { loaded, exported, feeds, all, got }
      runs.push(await compared(both, wanted, settings.tolerance))
    }
  } finally {
    await session.release()
  }
  return worst(runs)
}

/** One run, as both models see it. */
interface Run {
  readonly loaded: LoadedModel
  readonly exported: ExportedModel
  readonly feeds: readonly (readonly [string, FeedValue])[]
  /** Those, and what was drawn. */
  readonly all: Readonly<Record<string, FeedValue>>
  readonly got: Readonly<Record<string, TensorValue>>
}

function predicted(
  { predict }: LoadedModel,
  { outputs, names }: ExportedModel,
  feeds: Run['feeds'],
) {
  const own = outputs.map(({ name }) => names[name] ?? name)
  return predict(
    feeds.map(([, value]) => tensorOf(value)),
    own,
  )
}

/** What TensorFlow.js gives, and all that the ONNX model is to be fed with. */
async function original(loaded: LoadedModel, exported: ExportedModel, feeds: Run['feeds']) {
  const { result, draws } = withDraws(() => predicted(loaded, exported, feeds))
  const wanted = await result
  const noise = exported.noise.map(({ name }, i): [string, FeedValue] => {
    const { shape: dims = [], values = [] } = draws[i] ?? {}
    return values instanceof Int32Array
      ? [name, { type: 'int32', dims, data: values }]
      : [name, { type: 'float32', dims, data: Float32Array.from(values) }]
  })
  return { wanted, all: Object.fromEntries([...feeds, ...noise]) }
}

async function compared(
  run: Run,
  wanted: readonly tf.Tensor[],
  tolerance: Tolerance,
): Promise<Comparison> {
  const outputs = differences(run, wanted, tolerance)
  const { exported, loaded, feeds, all } = run
  const unlike = outputs.some(({ verdict }) => verdict !== 'same')
  const isPlain = exported.noise.length === 0 && externalFiles(exported.bytes).length === 0
  if (!unlike || !isPlain || !choosesPositions(exported)) {
    return { outputs, swapped: 0 }
  }
  const choices = await choicesOf(exported, all)
  const again = await withChoices(choices, tolerance.same, () => predicted(loaded, exported, feeds))
  if (again === undefined || again.changed === 0) return { outputs, swapped: 0 }
  return { outputs: differences(run, again.result, tolerance), swapped: again.changed }
}

function differences(
  { exported: { outputs }, got }: Run,
  wanted: readonly tf.Tensor[],
  tolerance: Tolerance,
): Difference[] {
  return outputs.map(({ name }, i) =>
    differenceOf(outputsOf(name, wanted[i], got[name]), tolerance),
  )
}

function outputsOf(name: string, wanted: tf.Tensor | undefined, got?: TensorValue) {
  const [one, other] = [
    wanted && `${wanted.dtype}[${wanted.shape.join(', ')}]`,
    got && `${got.type}[${got.dims.join(', ')}]`,
  ]
  if (wanted === undefined || got === undefined || one !== other) {
    throw new CliError(
      `${name}: differs in ONNX Runtime, got ${other ?? 'nothing'}, expected ${one ?? 'nothing'} as in TensorFlow.js`,
    )
  }
  return {
    name,
    dims: wanted.shape,
    isExact: wanted.dtype !== 'float32',
    expected: Array.from<number>(wanted.dataSync()),
    got: Array.from<number | bigint>(got.data).map(Number),
  }
}

const ORDER = ['same', 'unclear', 'different'] as const

/** Of each output the worst run: by verdict, then by difference. */
function worst(runs: readonly Comparison[]): Comparison {
  const rank = ({ verdict, relative }: Difference) => [ORDER.indexOf(verdict), relative] as const
  const worse = (a: Difference, b: Difference) => {
    const [[verdictA, a1], [verdictB, b1]] = [rank(a), rank(b)]
    return verdictB > verdictA || (verdictB === verdictA && b1 > a1) ? b : a
  }
  const [first, ...others] = runs
  const outputs = (first?.outputs ?? []).map((each, i) =>
    others.reduce((most, { outputs: more }) => worse(most, more[i] ?? most), each),
  )
  return { outputs, swapped: runs.reduce((sum, { swapped }) => sum + swapped, 0) }
}
