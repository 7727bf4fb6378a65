// What a run folder holds, in a form in which two runs of the same settings must be equal.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeCheckpoint } from '@anyvae/trainer'

/** Every file of a run by name: the log without what was measured, all else by its bytes. */
export async function contentsOf(folder: string): Promise<Record<string, unknown>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
  const read = paths.sort().map(async (path): Promise<[name: string, content: unknown]> => {
    const name = path.slice(folder.length + 1)
    return [name, contentOf(name, await readFile(path))]
  })
  return Object.fromEntries(await Promise.all(read))
}

function contentOf(name: string, bytes: Uint8Array): unknown {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (name === 'log.jsonl') return computedLines(new TextDecoder().decode(bytes))
  // The tensors say where two checkpoints differ, the checksum that they do in nothing else.
  if (name.endsWith('.safetensors')) return { sha256, ...stateOf(bytes) }
  return sha256
}

function computedLines(log: string): unknown[] {
  const lines = log.trimEnd().split('\n')
  return lines.map((line) => {
    const { measured, ...computed } = JSON.parse(line) as Record<string, unknown>
    if (measured === undefined) throw new Error(`log: nothing measured, got ${line}`)
    return computed
  })
}

function stateOf(bytes: Uint8Array) {
  const { epoch, state, record } = decodeCheckpoint(bytes)
  return { epoch, record, ...state }
}
