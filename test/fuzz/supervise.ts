// Runs a target's inputs in child processes and replaces each that hangs, crashes or grows too large.
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Found, Order } from './child.js'
import type { Fault } from './judge.js'
import { readProgress, type Progress } from './state.js'
import type { TargetName } from './table.js'

/** What a target is fuzzed with. */
export interface Plan {
  readonly target: TargetName
  readonly seed: number
  readonly inputs: number
  /** The child's script. */
  readonly script: string
  /** Where inputs with a finding are kept for replay. */
  readonly findings: string
  /** Of one file, instead of generated inputs. */
  readonly replay?: string
  readonly onProgress?: (done: number) => void
}

/** Findings of one cause: the first of them, and how many there are. */
export interface Cause {
  readonly fault: string
  readonly detail: string
  readonly file: string
  readonly count: number
}

/** What became of a target's inputs. */
export interface Summary extends Pick<Progress, 'accepted' | 'refused' | 'slowest' | 'peak'> {
  readonly target: TargetName
  readonly inputs: number
  readonly causes: readonly Cause[]
  /** Why the target was given up before its last input. */
  readonly stopped?: string
}

/** Milliseconds of wall time without a new input, after which a child is taken to hang. */
const STALL = 60_000
/** Resident bytes above which a child is ended. */
const LARGEST = 2 * 2 ** 30
const POLL = 250
/** Children that may end early before a target is given up. */
const MOST_DEATHS = 20

/** Fuzzes one target. */
export async function fuzzTarget(plan: Plan): Promise<Summary> {
  const { target, inputs } = plan
  const causes = new Map<string, Cause>()
  const totals = { accepted: 0, refused: 0, slowest: 0, peak: 0 }
  let from = 0
  for (let deaths = 0; from < inputs; deaths++) {
    if (deaths > MOST_DEATHS) {
      const stopped = `ended early ${deaths} times`
      return { target, inputs: from, ...totals, causes: [...causes.values()], stopped }
    }
    const folder = mkdtempSync(join(tmpdir(), 'anyvae-fuzz-'))
    try {
      const ended = await runChild(plan, folder, from)
      totals.accepted += ended.progress.accepted
      totals.refused += ended.progress.refused
      totals.slowest = Math.max(totals.slowest, ended.progress.slowest)
      totals.peak = Math.max(totals.peak, ended.progress.peak)
      for (const found of foundIn(folder)) addCause(causes, plan, found)
      if (ended.fault !== undefined) addCause(causes, plan, await lastInput(plan, folder, ended))
      from = ended.fault === undefined ? inputs : Math.max(from, ended.progress.index) + 1
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return { target, inputs, ...totals, causes: [...causes.values()] }
}

interface Ended {
  readonly progress: Progress
  /** Why the child did not reach its last input. */
  readonly fault?: Fault
  readonly detail?: string
}

function runChild(plan: Plan, folder: string, from: number): Promise<Ended> {
  const { target, seed, inputs: to, replay, script, onProgress } = plan
  const order: Order = { target, folder, seed, from, to, ...(replay !== undefined && { replay }) }
  const child = start(script, order)
  const progressFile = join(folder, 'progress')
  let stderr = ''
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (stderr = (stderr + text).slice(-2000)))
  let [last, since] = [-1, performance.now()]
  let killed: Pick<Ended, 'fault' | 'detail'> | undefined
  const timer = setInterval(() => {
    const { index } = readProgress(progressFile)
    if (index !== last) [last, since] = [index, performance.now()]
    onProgress?.(Math.max(0, index))
    const waited = performance.now() - since
    const resident = residentOf(child.pid)
    if (waited > STALL) killed = { fault: 'hang', detail: `no end within ${STALL / 1000} s` }
    if (resident > LARGEST) killed = { fault: 'memory', detail: `${resident} bytes resident` }
    if (killed !== undefined) child.kill('SIGKILL')
  }, POLL)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearInterval(timer)
      const progress = readProgress(progressFile)
      const crash = { fault: 'crash', detail: `${code ?? signal}: ${stderr.trim()}` } as const
      resolve(code === 0 ? { progress } : { progress, ...(killed ?? crash) })
    })
  })
}

function start(script: string, order: Order) {
  const flags = ['--max-old-space-size=1024', script, JSON.stringify(order)]
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' }
  return spawn(process.execPath, flags, { stdio: ['ignore', 'ignore', 'pipe'], env })
}

/** The input that a child did not survive, made once more. */
async function lastInput(plan: Plan, folder: string, ended: Ended): Promise<Found> {
  const { target, seed, script, replay } = plan
  const { fault = 'crash', detail = '', progress } = ended
  const index = Math.max(0, progress.index)
  const file = replay ?? join(folder, `input-${index}`)
  if (replay === undefined) {
    const order: Order = { target, folder, seed, from: index, to: index + 1, writeTo: file }
    await new Promise((resolve) => start(script, order).once('close', resolve))
  }
  return { index, fault, detail, key: `${fault}|${detail.slice(0, 120)}`, file }
}

function foundIn(folder: string): Found[] {
  const path = join(folder, 'findings.jsonl')
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Found)
}

function addCause(causes: Map<string, Cause>, plan: Plan, found: Found): void {
  const known = causes.get(found.key)
  if (known !== undefined) {
    causes.set(found.key, { ...known, count: known.count + 1 })
    return
  }
  const { fault, detail, index, file: from } = found
  const file = plan.replay ?? join(plan.findings, `${plan.target}-${plan.seed}-${index}`)
  if (plan.replay === undefined && from !== undefined && existsSync(from)) {
    mkdirSync(plan.findings, { recursive: true })
    copyFileSync(from, file)
  }
  causes.set(found.key, { fault, detail, file, count: 1 })
}

/** Resident bytes of a process; 0 where the system does not tell. */
function residentOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8')
    return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
  } catch {
    return 0
  }
}
