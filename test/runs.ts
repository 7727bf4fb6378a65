// What a run folder holds, in a form in which two runs of the same settings must be equal.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeCheckpoint } from '@anyvae/trainer'

/** Every file of a run by name: the log without what was measured, all else by its bytes. */
export function contentsOf(folder: string): Promise<Record<string, unknown>> {
  return readAll(folder, contentOf)
}

/** The SHA-256 of every file below a folder, by name. */
export function filesOf(folder: string): Promise<Record<string, unknown>> {
  return readAll(folder, (_, bytes) => sha256(bytes))
}

async function readAll(
  folder: string,
  contentOf: (name: string, bytes: Uint8Array) => unknown,
): Promise<Record<string, unknown>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort()
  const read = paths.map(async (path): Promise<[name: string, content: unknown]> => {
    const name = path.slice(folder.length + 1)
    return [name, contentOf(name, await readFile(path))]
  })
  return Object.fromEntries(await Promise.all(read))
}

function contentOf(name: string, bytes: Uint8Array): unknown {
  if (name === 'log.jsonl') return computedLines(new TextDecoder().decode(bytes))
  // The tensors say where two checkpoints differ, the checksum that they do in nothing else.
  if (name.endsWith('.safetensors')) return { sha256: sha256(bytes), ...stateOf(bytes) }
  return sha256(bytes)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
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
