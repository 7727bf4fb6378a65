// What `anyvae convert` tells of the model that it wrote.
import { distributionText, type ExportedModel } from '@anyvae/exporter'
import type { Outcome } from '../outcome.js'
import { bytes, plural } from '../ui/format.js'
import type { Comparison } from './verify/compare.js'

/** What was made, and of what. */
export interface Made {
  readonly path: string
  readonly out: string
  readonly format: string
  readonly precision: 'fp32' | 'fp16'
  /** Absent where nothing was compared. */
  readonly comparison: Comparison | undefined
  /** Why not. */
  readonly uncompared: string
}

export function describe(exported: ExportedModel, made: Made): Outcome {
  const { path, out, format, precision, comparison, uncompared } = made
  const { nodes, model, inputs, outputs, names, noise } = exported
  const size = [exported.bytes, ...exported.data].reduce((sum, { length }) => sum + length, 0)
  const opset = model.opsets['']
  const difference =
    comparison === undefined
      ? null
      : Math.max(0, ...comparison.outputs.map((each) => each.relative))
  const text = [
    `wrote ${out}: ${bytes(size)}, opset ${opset}, ${precision}, from a ${format}`,
    ...lines('input', exported.inputs, names),
    ...noise.map((each) => `noise       ${each.name}: ${distributionText(each.distribution)}`),
    ...lines('output', exported.outputs, names),
    `nodes       ${nodes.traced} traced, ${plural(nodes.written, 'node')} written`,
    difference === null
      ? `difference  not measured${uncompared}`
      : `difference  ${difference.toExponential(1)} at most from TensorFlow.js, of each output's size, on random numbers`,
  ]
  const facts = { format, opset, precision, bytes: size, inputs, outputs, names, noise, nodes }
  return { text, json: { model: path, out, ...facts, difference, comparison: comparison ?? null } }
}

/** A line for each value; where the model calls it otherwise, that too. */
function lines(
  what: string,
  values: ExportedModel['inputs'],
  names: ExportedModel['names'],
): string[] {
  return values.map(({ name, dataType, dims = [] }) => {
    const own = names[name] ?? name
    const renamed = own === name ? '' : `  (${own} in the model)`
    return `${what.padEnd(12)}${name} ${dataType}[${dims.join(', ')}]${renamed}`
  })
}
