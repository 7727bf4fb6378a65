// Lines of text in a scratch file: lists that may be longer than memory.
import { openScratch, type Scratch, type ScratchOptions } from './scratch.js'

/** Lines in the order in which they were added. */
export interface ScratchLines {
  /** @param line without line breaks */
  add(line: string): Promise<void>
  lines(): AsyncGenerator<string, void, undefined>
  close(): Promise<void>
}

const PIECE = 2 ** 16

/** @throws ImagesError as `openScratch` and its `append` */
export async function openScratchLines(options: ScratchOptions): Promise<ScratchLines> {
  const scratch = await openScratch(options)
  const encoder = new TextEncoder()
  let waiting = ''
  const flush = async (): Promise<void> => {
    const text = waiting
    waiting = ''
    await scratch.append(encoder.encode(text))
  }
  return {
    add: async (line) => {
      waiting += `${line}\n`
      if (waiting.length >= PIECE) await flush()
    },
    lines: async function* () {
      await flush()
      yield* linesIn(scratch)
    },
    close: () => scratch.close(),
  }
}

async function* linesIn({ handle, length }: Scratch): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  const piece = new Uint8Array(PIECE)
  let rest = ''
  for (let at = 0; at < length;) {
    const { bytesRead } = await handle.read(piece, 0, PIECE, at)
    at += bytesRead
    const lines = (rest + decoder.decode(piece.subarray(0, bytesRead), { stream: true })).split(
      '\n',
    )
    rest = lines.pop() ?? ''
    yield* lines
  }
}
