// The memory of the process that asks.
import { readFileSync } from 'node:fs'

/** The most memory that this process had resident, in bytes. */
export function peakBytes() {
  const { maxRSS } = process.resourceUsage()
  // Unlike getrusage's figure, it does not begin with that of the process that started this one.
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : ''
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? maxRSS)
}
