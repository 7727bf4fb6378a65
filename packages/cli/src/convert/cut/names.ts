// Finds a tensor of a model by a name that a user has for it.
import { nearNames } from '@anyvae/exporter'
import { CliError } from '../../error.js'

/** A tensor of a node or layer: the `index`th of those that it gives. */
export interface TensorName {
  readonly node: string
  readonly index: number
}

/** Reads `node` or `node:1`. */
export function parseTensorName(text: string): TensorName {
  const match = /^(.*):(\d+)$/s.exec(text)
  return match === null
    ? { node: text, index: 0 }
    : { node: match[1] ?? '', index: Number(match[2]) }
}

/** What `tf.function` puts before every name. */
const WRAPPER = /^(?:StatefulPartitionedCall\/)+(?=.)/

/** Where a name was asked for, such as `--output`, and what the names are of, such as `node`. */
export interface Wanted {
  readonly flag: string
  readonly kind: 'node' | 'layer'
}

/**
 * The one of a model's names that is meant: the same one, one without `StatefulPartitionedCall/`, or the
 * only one that ends with the path.
 *
 * @throws CliError with near names where it is none, or several
 */
export function meantName(name: string, names: readonly string[], { flag, kind }: Wanted): string {
  if (names.includes(name)) return name
  const unwrapped = names.filter((each) => each.replace(WRAPPER, '') === name)
  const ending = names.filter((each) => each.endsWith(`/${name}`))
  for (const found of [unwrapped, ending]) {
    const [only, ...others] = found
    if (only === undefined) continue
    if (others.length === 0) return only
    throw new CliError(
      `${flag} ${name}: several ${kind}s end so, got ${found.slice(0, 4).join(', ')}, expected one of them in full`,
    )
  }
  throw new CliError(
    `${flag} ${name}: no such ${kind} in the model, got '${name}', expected ${suggestion(name, names)}`,
  )
}

function suggestion(name: string, names: readonly string[]): string {
  const near = nearNames(name, names)
  if (near.length > 0)
    return `a ${names.length === 1 ? 'name' : 'name of the model'}; did you mean ${near.join(', ')}?`
  const some = names.slice(0, 8).join(', ')
  return names.length <= 8 ? some : `one of ${names.length}, such as ${some}`
}
