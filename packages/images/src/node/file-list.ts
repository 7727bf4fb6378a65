// Lists of image files: in memory, or in a scratch file where there may be more than it holds.
import type { Found } from './find-images.js'
import { openScratchLines } from './scratch-lines.js'
import type { ScratchOptions } from './scratch.js'

/** Files of a list, some at a time. */
export type Pieces = AsyncIterable<readonly Found[]> | Iterable<readonly Found[]>

/** Image files in their order, taken some at a time. */
export interface FileList {
  readonly count: number
  add(found: Found): Promise<void> | void
  /** All files, so many at a time; the last piece may be shorter. */
  readonly pieces: (most: number) => Pieces
  close(): Promise<void> | void
}

export function memoryList(): FileList {
  const files: Found[] = []
  return {
    get count() {
      return files.length
    },
    add: (found) => void files.push(found),
    pieces: function* (most) {
      for (let at = 0; at < files.length; at += most) yield files.slice(at, at + most)
    },
    close: () => undefined,
  }
}

/** The files of a list that are asked for by their places in it, so many. */
export function someOf(
  list: FileList,
  count: number,
  has: (index: number) => boolean,
): Pick<FileList, 'count' | 'pieces'> {
  return {
    count,
    pieces: async function* (most) {
      let index = 0
      for await (const files of list.pieces(most)) {
        const some = files.filter(() => has(index++))
        if (some.length > 0) yield some
      }
    },
  }
}

/** @throws ImagesError where there is no room for it; so does `add`, by rejection */
export async function scratchList(options: ScratchOptions): Promise<FileList> {
  const lines = await openScratchLines(options)
  let count = 0
  return {
    get count() {
      return count
    },
    add: (found) => {
      count++
      return lines.add(JSON.stringify(found))
    },
    pieces: async function* (most) {
      let piece: Found[] = []
      for await (const line of lines.lines()) {
        piece.push(JSON.parse(line) as Found)
        if (piece.length < most) continue
        yield piece
        piece = []
      }
      if (piece.length > 0) yield piece
    },
    close: () => lines.close(),
  }
}
