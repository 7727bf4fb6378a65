// What the user should be told of a source beside its images.
import type { ImageSet } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import type { Split } from '../split.js'

/** A source's two parts, with what the user should be told about them, if anything: a line each. */
export interface NotedSplit<
  Images extends ImageSet | ImageSource = ImageSet,
> extends Split<Images> {
  readonly note?: string
}

/** Several notes as one, a line each. */
export function joinNotes(notes: readonly (string | undefined)[]): string | undefined {
  const lines = notes.filter((note) => note !== undefined)
  return lines.length > 0 ? lines.join('\n') : undefined
}
