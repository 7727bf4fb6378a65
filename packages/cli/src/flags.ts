// Values of flags: each parser takes the text and refuses what it cannot use, with exit code 2.
import { Option } from 'commander'
import { refuseUsage } from './error.js'
import { suggestion } from './suggest.js'

/** A flag that takes one of a few words; they stand in the help. */
export function choice(flags: string, description: string, permitted: readonly string[]): Option {
  const option = new Option(flags, description).choices(permitted)
  const what = `--${option.name()}`
  return option.argParser((text: string) =>
    permitted.includes(text)
      ? text
      : refuseUsage(
          `${what}: unknown, got '${text}'${suggestion(text, permitted)}, expected ${permitted.join(', ')}`,
        ),
  )
}

/** A flag that takes a whole number of at least `least` and, where given, at most `most`. */
export function whole(
  flags: string,
  description: string,
  ...[least, most]: [least: number, most?: number]
): Option {
  const option = new Option(flags, description)
  return option.argParser((text: string) => parseWhole(`--${option.name()}`, text, { least, most }))
}

/** A flag that takes a finite number, of at least `least` or above `above`. */
export function number(
  flags: string,
  description: string,
  { least = -Infinity, above = -Infinity }: { readonly least?: number; readonly above?: number },
): Option {
  const option = new Option(flags, description)
  return option.argParser((text: string) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (Number.isFinite(value) && value >= least && value > above) return value
    const bound = above === -Infinity ? `of at least ${least}` : `above ${above}`
    return refuseUsage(
      `--${option.name()}: no usable number, got '${text}', expected a number ${bound}`,
    )
  })
}

/** A flag that takes whole numbers above 0 with commas between them, such as `400` or `16,32`. */
export function wholes(flags: string, description: string): Option {
  const option = new Option(flags, description)
  return option.argParser((text: string) =>
    text.split(',').map((part) => parseWhole(`--${option.name()}`, part, { least: 1 })),
  )
}

/** A flag whose text a function of its own reads. */
export function parsed<T>(
  flags: string,
  description: string,
  parse: (what: string, text: string) => T,
): Option {
  const option = new Option(flags, description)
  return option.argParser((text: string) => parse(`--${option.name()}`, text))
}

/** A whole number within bounds. */
export function parseWhole(
  what: string,
  text: string,
  { least, most = Number.MAX_SAFE_INTEGER }: { least: number; most?: number | undefined },
): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `${least} to ${most}`
  return refuseUsage(`${what}: no usable number, got '${text}', expected a whole number ${bounds}`)
}

/** A flag that takes the path of a folder. */
export function folder(flags: string, description: string): Option {
  return parsed(flags, description, (what, text) => {
    if (text.trim() !== '' && !text.includes('\0')) return text
    return refuseUsage(`${what}: no usable path, got '${text}', expected a folder`)
  })
}
