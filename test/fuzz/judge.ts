// Runs one input and judges what became of it.
import { type Allocations } from './allocations.js'
import { Inconsistent, type Target, type Workspace } from './target.js'

/** Bounds of a single input. */
export const LIMITS = {
  /** Processor time, in milliseconds: wall time says nothing on a busy machine. */
  milliseconds: 3000,
  /** Growth of the process's highest resident memory, in bytes. */
  resident: 256 * 2 ** 20,
  /** One buffer, in bytes. */
  allocation: 256 * 2 ** 20,
  /** Characters of an error's message. */
  message: 2000,
} as const

/** What may be wrong with how an input was treated. */
export type Fault =
  'untyped error' | 'unclear error' | 'inconsistent' | 'slow' | 'memory' | 'hang' | 'crash'

/** What became of an input; `key` is the same for findings of one cause. */
export type Verdict =
  | { readonly outcome: 'accepted' | 'refused' }
  | {
      readonly outcome: 'finding'
      readonly fault: Fault
      readonly detail: string
      readonly key: string
    }

/** A verdict, and what it cost. */
export interface Judged {
  readonly verdict: Verdict
  readonly milliseconds: number
}

/** Parses an input within the limits of time and memory. */
export async function judge(
  target: Target,
  input: Uint8Array,
  { workspace, allocations }: { workspace: Workspace; allocations: Allocations },
): Promise<Judged> {
  allocations.takeLargest()
  const memory = residentPeak()
  const before = process.cpuUsage()
  const verdict = await outcomeOf(target, input, workspace)
  const { user, system } = process.cpuUsage(before)
  const milliseconds = (user + system) / 1000
  const grown = Math.max(residentPeak() - memory, 0)
  const largest = allocations.takeLargest()
  const broken =
    boundOf('slow', milliseconds, LIMITS.milliseconds) ??
    boundOf('memory', grown, LIMITS.resident) ??
    boundOf('memory', largest, LIMITS.allocation)
  return { verdict: broken ?? verdict, milliseconds }
}

/** The highest resident memory of this process so far, in bytes. */
export function residentPeak(): number {
  return process.resourceUsage().maxRSS * 1024
}

function boundOf(fault: 'slow' | 'memory', got: number, most: number): Verdict | undefined {
  if (got <= most) return undefined
  const unit = fault === 'slow' ? 'ms of processor time' : 'bytes'
  return finding(fault, `got ${Math.round(got)} ${unit}, expected at most ${most}`)
}

async function outcomeOf(target: Target, input: Uint8Array, workspace: Workspace) {
  try {
    await target.parse(input, workspace)
    return { outcome: 'accepted' } as const
  } catch (thrown) {
    return verdictOf(target, thrown)
  }
}

/** The verdict on an input whose parser threw. */
export function verdictOf({ errors }: Pick<Target, 'errors'>, thrown: unknown): Verdict {
  if (thrown instanceof Inconsistent) return finding('inconsistent', thrown.message, thrown.stack)
  if (!(thrown instanceof Error)) return finding('untyped error', `a thrown ${typeof thrown}`)
  if (!errors.some((known) => thrown instanceof known)) {
    return finding('untyped error', `${thrown.name}: ${thrown.message}`, thrown.stack)
  }
  const complaint = complaintAbout(thrown.message)
  if (complaint === undefined) return { outcome: 'refused' }
  return finding('unclear error', `${complaint}: ${JSON.stringify(thrown.message)}`, thrown.stack)
}

/** What is wrong with a message: it must be one line of a readable length that says something. */
export function complaintAbout(message: string): string | undefined {
  if (message.trim() === '') return 'no text'
  if (/[\n\r\u2028\u2029]/.test(message)) return 'more than one line'
  return message.length > LIMITS.message ? `${message.length} characters` : undefined
}

function finding(fault: Fault, detail: string, stack = ''): Verdict {
  const place = /^ +at .*$/m.exec(stack)?.[0].trim() ?? ''
  const shape = detail
    .replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'|-?[\d.]+(e[+-]?\d+)?/g, '…')
    .slice(0, 80)
  const short = detail.length > 600 ? `${detail.slice(0, 600)} …` : detail
  return {
    outcome: 'finding',
    fault,
    detail: place === '' ? short : `${short} (${place})`,
    key: `${fault}|${place || shape}`,
  }
}
