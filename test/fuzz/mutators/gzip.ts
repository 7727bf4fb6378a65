// Mutations of gzip files: of what is packed, of the header and the trailer, and members that expand far.
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Mutator } from '../target.js'
import { concatenated, mutateBytes, replaced } from './bytes.js'

const ZEROS = 16 * 2 ** 20
/** Members of a bomb at most: more than one input may take. */
const MOST = 24
let zeros: Uint8Array | undefined

/** A gzip member of 16 KB that expands to 16 MiB. */
function bomb(): Uint8Array {
  return (zeros ??= gzipSync(new Uint8Array(ZEROS)))
}

/** What is packed; undefined where it cannot be unpacked. */
function unpacked(input: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(input, { maxOutputLength: 2 ** 20 })
  } catch {
    return undefined
  }
}

/** A mutator of gzipped files from one of what is packed in them. */
export function mutateGzip(inner: Mutator): Mutator {
  return (input, random, seeds) => {
    const content = unpacked(input)
    if (content === undefined) return mutateBytes(input, random, seeds)
    const changed = () => inner(content, random, [content])
    return random.pick([
      () => gzipSync(changed(), { level: 1 }),
      () => gzipSync(changed(), { level: 1 }),
      () => gzipSync(changed(), { level: 1 }),
      () => changed(),
      () => concatenated(input, gzipSync(content, { level: 1 })),
      () => concatenated(input, ...new Array<Uint8Array>(1 + random.below(MOST)).fill(bomb())),
      () => concatenated(...new Array<Uint8Array>(1 + random.below(MOST)).fill(bomb())),
      () => replaced(input, [3, 4], Uint8Array.of(random.below(256))),
      () =>
        replaced(
          input,
          [input.length - 8, input.length],
          mutateBytes(input.subarray(-8), random, seeds),
        ),
      () => mutateBytes(input, random, seeds),
    ])()
  }
}
