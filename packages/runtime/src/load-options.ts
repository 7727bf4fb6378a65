// The options of loaders, checked before they read anything.
import { checkOptions, checkWhole } from './check.js'
import { checkSignal } from './reading/abort.js'

const NUMBERS = ['threads', 'maxBatch', 'maxBytes', 'patience'] as const

const LOAD_OPTIONS =
  'provider exclusive threads graphOptimization profile carried session maxBatch fetch onProgress signal maxBytes patience'

/**
 * Checks the options of a loader before it reads anything. For runtimes.
 *
 * @param further the names that it knows beside those of `OpenOptions` and `DownloadOptions`
 * @throws RuntimeError unless they are an object of known options, with usable numbers, and a signal that is not
 * aborted
 */
export function checkLoadOptions(
  options: Readonly<Partial<Record<(typeof NUMBERS)[number], number | undefined>>> & {
    readonly signal?: AbortSignal | undefined
  },
  further: readonly string[],
): void {
  checkOptions('load', options, [...LOAD_OPTIONS.split(' '), ...further])
  for (const name of NUMBERS) checkWhole(name, options[name] ?? 1, 1)
  checkSignal(options.signal)
}
