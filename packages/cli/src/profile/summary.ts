// Sums a profile up: kernels of the same operator and shapes together, the costliest first.
import type { NodeCalls, ProfiledRun, TensorShape } from './trace.js'
import { workOf } from './work.js'

/** The steps that the runs took. */
export interface Timed {
  readonly steps: number
  /** Images a step. */
  readonly batch: number
  /** On the clock, batches and noise included. */
  readonly seconds: number
}

/** All nodes of one operator on the same shapes; figures are per step unless they say otherwise. */
export interface Kernel {
  readonly op: string
  readonly provider: string
  readonly inputs: readonly TensorShape[]
  readonly outputs: readonly TensorShape[]
  /** Names of the nodes. */
  readonly nodes: readonly string[]
  readonly calls: number
  readonly microseconds: number
  /** Of the time of all kernels, 0 to 1. */
  readonly share: number
  /** Of products and convolutions. */
  readonly gflopPerSecond?: number
  /** Of all others that move anything. */
  readonly gigabytesPerSecond?: number
}

/** All kernels of one operator. */
export interface KernelKind {
  readonly op: string
  readonly calls: number
  readonly microseconds: number
  readonly share: number
}

/** Where a training step's time goes; times are microseconds per step. */
export interface Summary {
  readonly steps: number
  readonly step: number
  /** Within ONNX Runtime's kernels. */
  readonly inKernels: number
  /** Within ONNX Runtime, but in no kernel. */
  readonly betweenKernels: number
  /** Outside ONNX Runtime: batches, noise, copies. */
  readonly outside: number
  readonly imagesPerSecond: number
  /** Of products and convolutions, 1e9 operations a step. */
  readonly gflop: number
  /** The costliest first. */
  readonly kernels: readonly Kernel[]
  readonly kinds: readonly KernelKind[]
  /** How many nodes each provider computed. */
  readonly placement: Readonly<Record<string, number>>
  /** Tensors that crossed between a device and memory inside a run. */
  readonly copies: number
}

/** Sums up the runs that took `steps` steps. */
export function summariseRuns(runs: readonly ProfiledRun[], timed: Timed): Summary {
  const { steps, batch, seconds } = timed
  const nodes = runs.flatMap((run) => run.nodes)
  const inKernels = sumOf(nodes, (node) => node.microseconds) / steps
  const inRuns = sumOf(runs, (run) => run.microseconds) / steps
  const step = (1e6 * seconds) / steps
  const share = (microseconds: number) => (inKernels === 0 ? 0 : microseconds / inKernels)
  const perStep = (of: readonly NodeCalls[]) => {
    const microseconds = sumOf(of, (node) => node.microseconds) / steps
    const calls = sumOf(of, (node) => node.calls) / steps
    return { calls, microseconds, share: share(microseconds) }
  }
  const alike = grouped(nodes, ({ op, provider, inputs, outputs }) =>
    JSON.stringify([op, provider, inputs, outputs]),
  )
  return {
    steps,
    step,
    inKernels,
    betweenKernels: Math.max(0, inRuns - inKernels),
    outside: Math.max(0, step - inRuns),
    imagesPerSecond: (batch * steps) / seconds,
    gflop: sumOf(nodes, flop) / steps / 1e9,
    kernels: alike.map(([first, ...more]) => kernelOf([first, ...more], perStep)).sort(costliest),
    kinds: grouped(nodes, ({ op }) => op)
      .map((of) => ({ op: of[0].op, ...perStep(of) }))
      .sort(costliest),
    placement: placementOf(nodes),
    copies: sumOf(nodes.filter(isCopy), (node) => node.calls) / steps,
  }
}

type Some<T> = readonly [T, ...(readonly T[])]
type PerStep = (of: readonly NodeCalls[]) => Pick<Kernel, 'calls' | 'microseconds' | 'share'>

function kernelOf(of: Some<NodeCalls>, perStep: PerStep): Kernel {
  const [{ op, provider, inputs, outputs }] = of
  const names = [...new Set(of.map((node) => node.name))]
  const figures = perStep(of)
  const work = workOf(of[0])
  // 1e3 operations a microsecond are 1e9 a second.
  const rate = work && (work.amount * figures.calls) / figures.microseconds / 1e3
  return {
    op,
    provider,
    inputs,
    outputs,
    nodes: names,
    ...figures,
    ...(rate !== undefined &&
      Number.isFinite(rate) && {
        [work?.unit === 'flop' ? 'gflopPerSecond' : 'gigabytesPerSecond']: rate,
      }),
  }
}

function flop(node: NodeCalls): number {
  const work = workOf(node)
  return work?.unit === 'flop' ? work.amount * node.calls : 0
}

/** The nodes that onnxruntime puts between those of different providers. */
function isCopy({ op }: NodeCalls): boolean {
  return op.startsWith('Memcpy')
}

function placementOf(nodes: readonly NodeCalls[]): Record<string, number> {
  const byProvider = grouped(nodes, ({ provider }) => provider)
  return Object.fromEntries(
    byProvider.map((of) => [of[0].provider, new Set(of.map((node) => node.name)).size]),
  )
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Some<T>[] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}

function costliest(a: { microseconds: number }, b: { microseconds: number }): number {
  return b.microseconds - a.microseconds
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((all, item) => all + value(item), 0)
}
