// Normals several times as fast, where WebAssembly may be compiled: for whoever draws millions.
import { decide } from './box-muller.js'
import { NORMALS_WASM } from './normals-wasm.js'
import type { Counter } from './philox.js'
import { randomStream, streamKey, type RandomStream } from './stream.js'

/** Blocks that one call of the module draws at most; its memory ends there. */
const MOST_BLOCKS = 1024

/** Where its list of pairs in doubt begins, in words. */
const LIST = 4 * MOST_BLOCKS

/** What the module exports. */
interface Drawing {
  readonly memory: WebAssembly.Memory
  /**
   * Writes the normals of blocks from a counter on to the memory's start, 16 bytes a block and four
   * blocks at a time. Pairs that the formulas must decide follow in the list, three words each: the
   * place of the first normal, and the two words of the pair.
   *
   * @returns how many pairs are listed
   */
  readonly draw: (...counterKeyAndBytes: readonly [...Counter, number, number, number]) => number
}

/**
 * The `normals` of `randomStream(seed, name)`, bit for bit, at a fifth of the time. Where a page's policy
 * forbids WebAssembly, or the browser has no vectors in it, it takes that function's time.
 *
 * @throws RangeError where the seed is unusable
 */
export function fastNormals(seed: number, name: string): RandomStream['normals'] {
  const stream = randomStream(seed, name)
  const normals: RandomStream['normals'] = (count, offset) => stream.normals(count, offset)
  const drawing = (compiled ??= compile())
  if (drawing === 'none') return normals
  const { key, hash } = streamKey(seed, name)
  return (count, offset = 0) => {
    const first = Math.floor(offset / 4)
    const blocks = Math.ceil((offset + count) / 4) - first
    const low = first >>> 0
    // The module counts in the low word alone.
    if (low + blocks + 4 > 2 ** 32) return normals(count, offset)
    const drawn = new Float32Array(4 * blocks)
    const high = Math.floor(first / 2 ** 32)
    for (let start = 0; start < blocks; start += MOST_BLOCKS) {
      const piece = drawn.subarray(4 * start, 4 * (start + MOST_BLOCKS))
      drawPiece(drawing, [low + start, high, ...hash, ...key], piece)
    }
    return drawn.subarray(offset - 4 * first, offset - 4 * first + count)
  }
}

type CounterAndKey = readonly [...Counter, number, number]

function drawPiece({ draw, memory }: Drawing, at: CounterAndKey, piece: Float32Array): void {
  const doubted = draw(...at, piece.byteLength)
  piece.set(new Float32Array(memory.buffer, 0, piece.length))
  const list = new Uint32Array(memory.buffer, LIST * 4, 3 * doubted)
  for (let i = 0; i < list.length; i += 3) {
    const place = list[i] ?? 0
    // Four blocks at a time: the last ones may lie past the piece.
    if (place < piece.length) {
      decide(list[i + 1] ?? 0, list[i + 2] ?? 0, piece.subarray(place, place + 2))
    }
  }
}

let compiled: Drawing | 'none' | undefined

function compile(): Drawing | 'none' {
  try {
    const bytes = Uint8Array.from(atob(NORMALS_WASM), (char) => char.charCodeAt(0))
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
    return isDrawing(exports) ? exports : 'none'
  } catch {
    return 'none'
  }
}

function isDrawing(exports: object): exports is Drawing {
  return 'memory' in exports && 'draw' in exports
}
