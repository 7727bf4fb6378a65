// Precisions on the command line: of files to write, and of files to compute with.
import type { Command, Option } from 'commander'
import type { Precision } from '@anyvae/runtime'
import { refuseUsage } from './error.js'
import { choice, parsed } from './flags.js'

/** Precisions lighter than float32, by their names here and in file names. */
const LIGHT = { fp16: 'float16', int8: 'int8' } as const satisfies Record<string, Precision>

const ALL = { float32: 'float32', ...LIGHT } as const

/** What `--precision` of commands that read a bundle takes. */
export type PrecisionName = keyof typeof ALL

export interface PrecisionFlags {
  readonly precision?: PrecisionName
}

/** Adds the flag of commands that compute with a bundle. */
export function withPrecisionFlag(command: Command): Command {
  const names = Object.keys(ALL)
  return command.addOption(
    choice('--precision <name>', 'which of the files to use (default: float32)', names),
  )
}

/** The flag as a runtime takes it. */
export function precisionOf({ precision = 'float32' }: PrecisionFlags): Precision {
  return ALL[precision]
}

/** The flag of what writes files: one or several with commas, which may be repeated. */
export function lightPrecisions(description: string): Option {
  const given = new Set<(typeof LIGHT)[keyof typeof LIGHT]>()
  return parsed('--precision <names>', description, (what, text) => {
    for (const name of text.split(',')) given.add(lightPrecision(what, name.trim()))
    return [...given]
  })
}

function lightPrecision(what: string, name: string) {
  const found = Object.entries(LIGHT).find(([known]) => known === name)
  const known = Object.keys(LIGHT).join(', ')
  return found?.[1] ?? refuseUsage(`${what}: unknown, got '${name}', expected ${known}`)
}
