// Mutations of JSON: values of other types and sizes, keys lost, doubled and renamed, deep nesting.
import type { Random } from '../random.js'
import { bytesOf, textOf, type Mutator } from '../target.js'
import { NUMERALS, TEXTS } from './edges.js'
import { changeText, mutateText } from './text.js'

/** A key or index at each level. */
type Path = readonly (string | number)[]

/** Stands for a number that `JSON.stringify` would not write as it is. */
const raw = (numeral: string) => `@raw:${numeral}@`

function unraw(json: string): string {
  return json.replaceAll(/"@raw:(.*?)@"/g, (_, numeral: string) =>
    numeral === '' ? '""' : numeral,
  )
}

/** The paths of all values in a value, itself first. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  const entries: Record<string | number, unknown> = { ...value }
  return [path, ...keys.flatMap((key) => pathsIn(entries[key], [...path, key]))]
}

function valueAt(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return value
  return valueAt((value as Record<string | number, unknown>)[key], rest)
}

/** A copy in which the value at a path is another; `undefined` removes it. */
function withValue(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value
    return list.flatMap((each, i) => {
      if (i !== key) return [each]
      const changed = withValue(each, rest, by)
      return changed === undefined ? [] : [changed]
    })
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(
    ([name, each]) => [name, name === String(key) ? withValue(each, rest, by) : each] as const,
  )
  return Object.fromEntries(entries)
}

function edgeValue(random: Random): unknown {
  const kind = random.below(8)
  if (kind < 3) return raw(random.pick(NUMERALS))
  if (kind < 5) return random.pick(TEXTS)
  return random.pick([
    null,
    true,
    false,
    [],
    {},
    [[]],
    { a: 1 },
    [null],
    nested(1 + random.below(200)),
  ])
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) }
}

type JsonMutation = (value: unknown, path: Path, random: Random) => unknown

const mutations: readonly JsonMutation[] = [
  (value, path, random) => withValue(value, path, edgeValue(random)),
  (value, path, random) => withValue(value, path, edgeValue(random)),
  (value, path) => withValue(value, path, path.length === 0 ? null : undefined),
  (value, path, random) => {
    const old = valueAt(value, path)
    return withValue(value, path, typeof old === 'string' ? changeText(old, random) : [old])
  },
  (value, path, random) => {
    const old = valueAt(value, path)
    return withValue(
      value,
      path,
      typeof old === 'number' ? old + random.pick([-1, 1, 0.5]) : String(old),
    )
  },
  // Another part of the same value.
  (value, path, random) => withValue(value, path, valueAt(value, random.pick(pathsIn(value)))),
  // A further key, or an item twice.
  (value, path, random) => {
    const old = valueAt(value, path)
    if (Array.isArray(old))
      return withValue(value, path, [
        ...(old as unknown[]),
        random.pick(old.length > 0 ? (old as unknown[]) : [0]),
      ])
    if (typeof old !== 'object' || old === null) return withValue(value, path, { value: old })
    const entries = [...Object.entries(old), [random.pick(TEXTS), edgeValue(random)] as const]
    return withValue(value, path, Object.fromEntries(entries))
  },
  // Another name for a key.
  (value, path, random) => {
    const old = valueAt(value, path)
    if (typeof old !== 'object' || old === null || Array.isArray(old)) return value
    const entries = Object.entries(old)
    if (entries.length === 0) return value
    const chosen = random.below(entries.length)
    const renamed = entries.map(
      ([name, each], i) => [i === chosen ? changeText(name, random) : name, each] as const,
    )
    return withValue(value, path, Object.fromEntries(renamed))
  },
]

/** A JSON text with one key twice, which objects cannot have. */
function doubleKey(json: string, random: Random): string {
  const keys = [...json.matchAll(/"[^"\\]*":/g)]
  if (keys.length === 0) return json
  const { index, 0: key } = random.pick(keys)
  return `${json.slice(0, index)}${key}${random.pick(['null', '0', '"x"', '{}'])},${json.slice(index)}`
}

/** Changes a JSON text in one place. */
export function changeJson(text: string, random: Random): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return changeText(text, random)
  }
  const changed = random.pick(mutations)(value, random.pick(pathsIn(value)), random)
  const json = unraw(JSON.stringify(changed) ?? 'null')
  return random.chance(0.05) ? doubleKey(json, random) : json
}

/** Changes an input that is JSON, mostly as JSON and sometimes as text. */
export const mutateJson: Mutator = (input, random, seeds) =>
  random.chance(0.15)
    ? mutateText(input, random, seeds)
    : bytesOf(changeJson(textOf(input), random))
