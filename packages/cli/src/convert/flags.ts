// What `anyvae convert` is told of a model's inputs: sizes left open, and shapes.
import { refuseUsage } from '../error.js'

/** Sizes left open, and what some of them are multiples of. */
export interface Symbolic {
  readonly names: readonly string[]
  readonly multiples: Readonly<Record<string, number>>
}

/** Reads `height,width` or `height:32,width:32`. */
export function parseSymbolic(what: string, text: string): Symbolic {
  const parts = text.split(',').map((part) => {
    const match = /^([A-Za-z]\w*)(?::([1-9]\d*))?$/.exec(part.trim())
    if (match === null) {
      return refuseUsage(
        `${what}: no size, got '${part}', expected names such as height,width or height:32`,
      )
    }
    return { name: match[1] ?? '', multiple: Number(match[2] ?? 1) }
  })
  const multiples = parts.map(({ name, multiple }) => [name, multiple] as const)
  return { names: parts.map(({ name }) => name), multiples: Object.fromEntries(multiples) }
}

export type InputDims = Readonly<Record<string, readonly (number | string)[]>>

/** Reads `image=batch,224,224,3` into what was read before. */
export function parseInput(text: string, before: InputDims = {}): InputDims {
  const match = /^([A-Za-z]\w*)=([\w,]*)$/.exec(text)
  const dims = (match?.[2] ?? '').split(',').filter((part) => part !== '')
  if (match === null || !dims.every((dim) => /^(?:\d+|[A-Za-z]\w*)$/.test(dim))) {
    return refuseUsage(
      `--input: no shape, got '${text}', expected one such as image=batch,224,224,3`,
    )
  }
  const sizes = dims.map((dim) => (/^\d/.test(dim) ? Number(dim) : dim))
  return { ...before, [match[1] ?? '']: sizes }
}
