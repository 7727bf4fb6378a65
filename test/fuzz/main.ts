// The fuzz run: each target in turn, then the table.
import { causesOf, findingsOf, tableOf } from './report.js'
import { fuzzTarget, type Summary } from './supervise.js'
import { targets, type TargetName } from './table.js'

/** What a run is asked for: the process's one argument, as JSON. */
interface RunOptions {
  /** Names of targets; all where empty. */
  readonly names: readonly string[]
  readonly seed: number
  /** Inputs of each target. */
  readonly inputs: number
  readonly replay?: string
  readonly script: string
  readonly findings: string
}

const NAMES = Object.keys(targets) as TargetName[]

/** Fuzzes the targets and prints what was found; whether anything was. */
async function fuzz({ names, ...options }: RunOptions): Promise<boolean> {
  const chosen = NAMES.filter((name) => names.length === 0 || names.includes(name))
  const summaries: Summary[] = []
  for (const target of chosen) {
    const onProgress = progressLine(target, options.inputs)
    const summary = await fuzzTarget({ ...options, target, onProgress })
    console.error(`${target}: ${summary.inputs} inputs, ${findingsOf(summary)} findings`)
    for (const line of causesOf(summary)) console.log(line)
    summaries.push(summary)
  }
  console.log(tableOf(summaries))
  return summaries.some((summary) => findingsOf(summary) > 0 || summary.stopped !== undefined)
}

/** Tells on a terminal how far a target has come. */
function progressLine(target: TargetName, inputs: number): (done: number) => void {
  if (!process.stderr.isTTY) return () => undefined
  return (done) => process.stderr.write(`\r${target}: ${done} of ${inputs}\u001b[K\r`)
}

const order = JSON.parse(process.argv[2] ?? '') as RunOptions
const unknown = order.names.find((name) => !NAMES.some((known) => known === name))
if (unknown === undefined) {
  process.exitCode = (await fuzz(order)) ? 1 : 0
} else {
  console.error(`fuzz: --target: unknown, got '${unknown}', expected one of ${NAMES.join(', ')}`)
  process.exitCode = 2
}
