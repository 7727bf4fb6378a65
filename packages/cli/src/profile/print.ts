// A profile as a table of the costliest kernels, and as JSON.
import type { TrainConfig } from '@anyvae/trainer'
import type { Outcome } from '../outcome.js'
import { bytes, count, plural } from '../ui/format.js'
import { table, tableLines, type Column } from '../ui/table.js'
import { stepsOf, type ProfiledSteps } from './steps.js'
import type { Kernel, Summary } from './summary.js'
import type { TensorShape } from './trace.js'

/** What was profiled, and where the profile is. */
export interface Profiled extends ProfiledSteps {
  readonly config: TrainConfig
  /** A step without the profiler, in microseconds. */
  readonly stepWithout: number
  readonly file: string
  /** Of the file, in bytes. */
  readonly size: number
}

/** Rows of the table. */
const COSTLIEST = 10

/** Columns of a terminal that the table keeps to. */
const WIDTH = 100

/** Operators that are named below the table. */
const KINDS = 6

/** The outcome of `--profile`. */
export function printSummary(summary: Summary, about: Profiled): Outcome {
  const { provider } = about
  const text = [
    ...headOf(summary, about),
    '',
    ...kernelTable(summary, about),
    '',
    ...kindLines(summary),
    `placement  ${placementText(summary.placement)}`,
    ...(provider === 'cpu' ? [] : [`copies     ${copiesText(summary, provider)}`]),
    `written    ${about.file}, ${bytes(about.size)}, opens in ui.perfetto.dev or chrome://tracing`,
    ...(provider === 'cpu'
      ? []
      : [`note       on ${provider} a time is that of launching a kernel`]),
  ]
  return { text, json: { profile: jsonOf(summary, about) } }
}

function headOf(summary: Summary, about: Profiled): string[] {
  const { config, batch, parameters, provider, threads, warmup } = about
  return [
    `${config.network.architecture} of ${count(parameters)} parameters, batch ${batch}, ${provider}, ${plural(threads, 'thread')}`,
    `${plural(summary.steps, 'step')} timed after ${stepsOf(warmup)} to warm up`,
  ]
}

const COLUMNS: readonly Column[] = [
  { heading: '#', right: true },
  { heading: 'kernel' },
  { heading: 'calls', right: true },
  { heading: 'us/step', right: true },
  { heading: 'share', right: true },
  { heading: 'rate', right: true },
  { heading: 'nodes' },
]

/** As wide as `#` and the space behind it. */
const INDENT = ' '.repeat(4)

function kernelTable(summary: Summary, about: Profiled): string[] {
  const shown = summary.kernels.slice(0, COSTLIEST)
  const rows = [
    ...shown.map((kernel, i) => rowOf(kernel, i + 1)),
    ...sumsOf(summary, about).map((sum) => ['', ...sum]),
  ]
  return tableLines(table(COLUMNS, rows))
    .flatMap((line, i) => {
      const kernel = i === 0 ? undefined : shown[i - 1]
      return kernel === undefined ? [line] : [line, `${INDENT}${shapesText(kernel)}`]
    })
    .map(fitted)
}

/** The lines below the costliest: what the others take, and what is no kernel. */
function sumsOf(summary: Summary, { batch, stepWithout }: Profiled): string[][] {
  const { kernels, inKernels, betweenKernels, outside, step, gflop } = summary
  const rest = kernels.slice(COSTLIEST)
  const calls = (some: readonly Kernel[]) => callText(total(some, 'calls'))
  const rate = (time: number) => rateText((gflop / time) * 1e6, 'GFLOP/s')
  const speed = (time: number) => `${count((1e6 * batch) / time)} images/s`
  const [time, share] = [total(rest, 'microseconds'), total(rest, 'share')]
  return [
    ['other kernels', calls(rest), count(time), percent(share)],
    ['all kernels', calls(kernels), count(inKernels), percent(1), rate(inKernels)],
    ['between kernels', '', count(betweenKernels), '', '', 'loop, memory, profiler'],
    ['outside runs', '', count(outside), '', '', 'batches, noise, copies in and out'],
    ['a step', '', count(step), '', rate(step), speed(step)],
    ['not profiled', '', count(stepWithout), '', rate(stepWithout), speed(stepWithout)],
  ]
}

function rowOf(kernel: Kernel, rank: number): string[] {
  const { op, provider, calls, microseconds, share } = kernel
  return [
    String(rank),
    provider === 'cpu' ? op : `${op} (${provider})`,
    callText(calls),
    count(microseconds),
    percent(share),
    kernel.gflopPerSecond === undefined
      ? rateText(kernel.gigabytesPerSecond, 'GB/s')
      : rateText(kernel.gflopPerSecond, 'GFLOP/s'),
    namesOf(kernel),
  ]
}

/** The names of one step's nodes: the loop's body holds several steps, and further ones repeat the first. */
function namesOf({ nodes, calls }: Kernel): string {
  return nodes.slice(0, Math.max(1, Math.ceil(calls))).join(', ')
}

function kindLines({ kinds }: Summary): string[] {
  const shown = kinds.slice(0, KINDS).map(({ op, share }) => `${op} ${percent(share)}`)
  return [`operators  ${shown.join(', ')}${kinds.length > KINDS ? ', …' : ''}`]
}

function placementText(placement: Summary['placement']): string {
  const parts = Object.entries(placement).map(
    ([name, nodes]) => `${plural(nodes, 'node')} on ${name}`,
  )
  return parts.join(', ')
}

function copiesText({ copies }: Summary, provider: string): string {
  const number = copies === 0 ? 'no tensors' : `${callText(copies)} tensors a step`
  return `${number} between ${provider} and memory inside a run`
}

/** `128x784, 784x400 -> 128x400`; types are named where they are not float. */
function shapesText({ inputs, outputs }: Kernel): string {
  const side = (shapes: readonly TensorShape[]) => shapes.map(shapeText).join(', ')
  return `${side(inputs)} -> ${side(outputs)}`
}

function shapeText({ type, dims }: TensorShape): string {
  const shape = dims.length === 0 ? 'scalar' : dims.join('x')
  return type === 'float' ? shape : `${type} ${shape}`
}

function callText(calls: number): string {
  return Number.isInteger(calls) ? count(calls) : calls.toFixed(2)
}

function rateText(rate: number | undefined, unit: string): string {
  return rate === undefined || !Number.isFinite(rate) ? '' : `${rate.toFixed(1)} ${unit.padEnd(7)}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function total<K extends 'calls' | 'microseconds' | 'share'>(
  kernels: readonly Kernel[],
  figure: K,
): number {
  return kernels.reduce((sum, kernel) => sum + kernel[figure], 0)
}

function fitted(line: string): string {
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`
}

function jsonOf(summary: Summary, about: Profiled) {
  const { file, batch, provider, threads, config, warmup, stepWithout } = about
  const { steps, step, inKernels, betweenKernels, outside, ...rest } = summary
  const times = { step, inKernels, betweenKernels, outside, notProfiled: stepWithout }
  return {
    file,
    network: config.network,
    batch,
    provider,
    threads,
    steps,
    warmup: stepsOf(warmup),
    microseconds: times,
    ...rest,
  }
}
