// `--out` of commands that write one file: its ending says what is written.
import { extname } from 'node:path'
import type { Option } from 'commander'
import { refuseUsage } from './error.js'
import { parsed } from './flags.js'

/** A path with one of some endings. */
export function outFlag(description: string, endings: readonly string[]): Option {
  return parsed('--out <file>', `${description}: ${endings.join(', ')}`, (what, path) => {
    if (endings.includes(extname(path))) return path
    return refuseUsage(
      `${what}: no known kind of file, got '${path}', expected a name that ends in ${endings.join(' or ')}`,
    )
  })
}
