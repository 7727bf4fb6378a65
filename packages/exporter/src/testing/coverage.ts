// The table of what can be exported and what not, as the README shows it.
import '@tensorflow/tfjs-layers'
import type * as tf from '@tensorflow/tfjs-core'
import { exceptions } from '../exceptions.js'
import { traceGraph } from '../index.js'
import { complexLowerings, lowerings } from '../lowerings/index.js'
import type { OpCase } from './cases/case.js'
import { cases } from './cases/index.js'
import { families } from './families.js'

const FIRST_OPSET = 13
const LAST_OPSET = 21
const START = '<!-- coverage -->'
const END = '<!-- /coverage -->'

/** The kernels that can be exported, of real numbers and of complex ones. */
export const covered = [
  ...new Set([...Object.keys(lowerings), ...Object.keys(complexLowerings)]),
].sort()

/** The README with the table as it is now between its two marks. */
export function withCoverage(readme: string): string {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)]
  if (start < 0 || end < start) {
    throw new Error(`coverage: no place for the table, got no ${START} before ${END}`)
  }
  return `${readme.slice(0, start + START.length)}\n${coverageTable()}${readme.slice(end)}`
}

/** Both tables in Markdown; prettier is kept from padding their long cells. */
function coverageTable(): string {
  const total = covered.length + Object.keys(exceptions).length
  return [
    '<!-- prettier-ignore-start -->',
    `${covered.length} of the ${total} kernels of TensorFlow.js can be exported, from opset ${FIRST_OPSET} on unless a row says otherwise:`,
    table(['Family', 'Kernels', 'Least opset', 'Notes'], familyRows()),
    'The others cannot, and meeting one says so:',
    table(['Kernels', 'Why not', 'Instead'], exceptionRows()),
    '<!-- prettier-ignore-end -->\n',
  ].join('\n\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function familyRows(): string[][] {
  const least = leastOpsets()
  return families.map(({ name, kernels, notes }) => {
    const newer = kernels.filter((kernel) => (least.get(kernel) ?? FIRST_OPSET) > FIRST_OPSET)
    const opsets = newer.map((kernel) => `${code(kernel)} ${least.get(kernel)}`)
    const rest = newer.length < kernels.length ? [FIRST_OPSET] : []
    return [name, kernels.map(code).join(' '), [...rest, ...opsets].join(', '), notes]
  })
}

/** Kernels with the same reason and the same way round share a row. */
function exceptionRows(): string[][] {
  const rows = new Map<string, string[]>()
  for (const [kernel, { reason, instead }] of Object.entries(exceptions)) {
    const key = `${reason} | ${instead}`
    rows.set(key, [...(rows.get(key) ?? []), code(kernel)])
  }
  return [...rows].map(([reasons, kernels]) => [kernels.join(' '), reasons])
}

const code = (name: string) => `\`${name}\``

/** By kernel, the least opset in which all its op cases can be written. */
function leastOpsets(): Map<string, number> {
  const least = new Map<string, number>()
  for (const opCase of cases) {
    const opset = leastOpset(opCase)
    least.set(opCase.kernel, Math.max(opset, least.get(opCase.kernel) ?? FIRST_OPSET))
  }
  return least
}

function leastOpset(opCase: OpCase, opset = FIRST_OPSET): number {
  try {
    trace(opCase, opset)
    return opset
  } catch (error) {
    const tooOld = error instanceof Error && error.message.includes('is not in opset')
    if (!tooOld || opset === LAST_OPSET) {
      throw error
    }
    return leastOpset(opCase, opset + 1)
  }
}

function trace({ fn, inputs }: OpCase, opset: number): void {
  const named = Object.fromEntries(inputs.map((input, i) => [`x${i}`, input] as const))
  const call = (tensors: Readonly<Record<string, tf.Tensor>>) => {
    const results = [fn(...inputs.map((_, i) => tensors[`x${i}`] as tf.Tensor))].flat()
    return { y: results[0] as tf.Tensor }
  }
  traceGraph(call, { opset, inputs: named, outputs: ['y'] })
}
