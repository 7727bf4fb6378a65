// What `anyvae convert` is told of a model's inputs and outputs: sizes left open, shapes, names.
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

/** Reads `image=batch,224,224,3` or, of an inner node, `block/conv:0=batch,56,56,64` into what was read before. */
export function parseInput(text: string, before: InputDims = {}): InputDims {
  const match = /^([^=\s]+)=([\w,]*)$/.exec(text)
  const dims = (match?.[2] ?? '').split(',').filter((part) => part !== '')
  if (match === null || !dims.every((dim) => /^(?:\d+|[A-Za-z]\w*)$/.test(dim))) {
    return refuseUsage(
      `--input: no shape, got '${text}', expected one such as image=batch,224,224,3`,
    )
  }
  const sizes = dims.map((dim) => (/^\d/.test(dim) ? Number(dim) : dim))
  return { ...before, [match[1] ?? '']: sizes }
}

/** Reads names of outputs with commas between them, behind those that were read before. */
export function parseOutput(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) {
    return refuseUsage(`--output: no name, got '${text}', expected one such as dense_1`)
  }
  return [...before, ...names]
}

export type Ranges = Readonly<Record<string, readonly [least: number, most: number]>>

/** Reads `length=1..30` into what was read before. */
export function parseRange(text: string, before: Ranges = {}): Ranges {
  const [, name = '', least, most] = /^([A-Za-z]\w*)=([1-9]\d*)\.\.([1-9]\d*)$/.exec(text) ?? []
  if (!(Number(least) < Number(most))) {
    return refuseUsage(
      `--range: no range, got '${text}', expected a least and a larger size, such as length=1..30`,
    )
  }
  return { ...before, [name]: [Number(least), Number(most)] }
}
