// The process that inputs run in: what hangs or crashes it is the parent's to notice.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { watchAllocations } from './allocations.js'
import { makeInput } from './inputs.js'
import { judge, residentPeak, verdictOf, type Verdict } from './judge.js'
import { NO_PROGRESS, progressWriter } from './state.js'
import { targets, type TargetName } from './table.js'
import type { Target } from './target.js'

/** What a child is asked to do; files go to `folder`. */
export interface Order {
  readonly target: TargetName
  readonly folder: string
  readonly seed: number
  /** Inputs `from` to `to - 1`. */
  readonly from: number
  readonly to: number
  /** Writes the input `from` to this file and runs none. */
  readonly writeTo?: string
  /** Runs this file's bytes alone. */
  readonly replay?: string
}

/** A finding as it is written to findings.jsonl. */
export interface Found {
  readonly index: number
  readonly fault: string
  readonly detail: string
  readonly key: string
  /** The input's file; absent where an earlier finding has the same key. */
  readonly file?: string
}

async function run(order: Order): Promise<void> {
  const target: Target = await targets[order.target]()
  const workspace = { folder: join(order.folder, 'workspace') }
  mkdirSync(workspace.folder, { recursive: true })
  const seeds = await target.seeds()
  const inputAt = (index: number) =>
    order.replay === undefined
      ? makeInput(target, seeds, { target: order.target, seed: order.seed, index })
      : Uint8Array.from(readFileSync(order.replay))
  if (order.writeTo !== undefined) {
    writeFileSync(order.writeTo, inputAt(order.from))
    return
  }
  await runAll(order, { target, workspace, inputAt })
}

interface Running {
  readonly target: Target
  readonly workspace: { readonly folder: string }
  readonly inputAt: (index: number) => Uint8Array
}

async function runAll(order: Order, { target, workspace, inputAt }: Running): Promise<void> {
  const progress = progressWriter(join(order.folder, 'progress'))
  const note = findingsWriter(order.folder)
  const state = { ...NO_PROGRESS }
  const allocations = watchAllocations()
  let input = new Uint8Array(0)
  process.on('unhandledRejection', (thrown) => {
    const verdict = verdictOf({ errors: [] }, thrown)
    if (verdict.outcome === 'finding') note(verdict, state.index, input)
  })
  for (let index = order.from; index < order.to; index++) {
    Object.assign(state, { index, peak: residentPeak() })
    progress.write(state)
    input = Uint8Array.from(inputAt(index))
    const { verdict, milliseconds } = await judge(target, input, { workspace, allocations })
    state.slowest = Math.max(state.slowest, milliseconds)
    if (verdict.outcome === 'finding') note(verdict, index, input)
    else state[verdict.outcome]++
    // Rejections that nobody handles are told between two turns of the event loop.
    if (index % 64 === 0) await new Promise(setImmediate)
  }
  await new Promise(setImmediate)
  Object.assign(state, { index: order.to, peak: residentPeak() })
  progress.write(state)
  progress.close()
}

type Finding = Extract<Verdict, { outcome: 'finding' }>

function findingsWriter(folder: string) {
  const keys = new Set<string>()
  return ({ fault, detail, key }: Finding, index: number, input: Uint8Array): void => {
    const found: Found = { index, fault, detail, key }
    const file = join(folder, `input-${index}`)
    if (!keys.has(key)) writeFileSync(file, input)
    const line = keys.has(key) ? found : { ...found, file }
    keys.add(key)
    appendFileSync(join(folder, 'findings.jsonl'), `${JSON.stringify(line)}\n`)
  }
}

await run(JSON.parse(process.argv[2] ?? '') as Order)
// Threads of libraries may be left behind.
process.exit(0)
