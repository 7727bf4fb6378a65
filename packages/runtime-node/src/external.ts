// Values of a local model that lie in files beside it: where these are, and that they are what they should be.
import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RuntimeError, externalTensors, refuse, type ExternalTensor } from '@anyvae/runtime'
import { checkRegular } from './disk.js'
import { isWithin } from './within.js'

/**
 * Checks that all values of a model which lie in other files lie in regular files of its folder, links
 * resolved, and within these files. Files of more than memory may hold are not read.
 *
 * @param folder the model's
 * @throws RuntimeError (by rejection) naming the tensor
 */
export async function checkExternalFiles(model: Uint8Array, folder: string): Promise<void> {
  const sizes = new Map<string, number>()
  for (const tensor of externalTensors(model)) {
    const { location, offset, length } = placeOf(tensor)
    const size = sizes.get(location) ?? (await sizeOf(tensor.name, location, folder))
    sizes.set(location, size)
    if (offset + length > size) {
      const place = length === 0 ? `offset ${offset}` : `${length} bytes from ${offset} on`
      refuse(
        `${what(tensor.name)}: beyond its file`,
        place,
        `at most the ${size} bytes of '${location}'`,
      )
    }
  }
}

interface Place {
  readonly location: string
  readonly offset: number
  /** 0 where the model does not say: to the end of the file, as onnxruntime has it. */
  readonly length: number
}

function placeOf({ name, entries }: ExternalTensor): Place {
  const said = new Map(entries)
  // Of two, one parser may take the first and another the last.
  if (said.size < entries.length) refuse(`${what(name)}: unclear`, 'a key twice', 'each once')
  return {
    location: checkLocation(name, said.get('location') ?? ''),
    offset: checkCount(name, said.get('offset') ?? '0'),
    length: checkCount(name, said.get('length') ?? '0'),
  }
}

function checkLocation(name: string, location: string): string {
  const inside = location.split('/').every((part) => !['', '.', '..'].includes(part))
  // An asterisk begins what onnxruntime takes for an address in memory; the rest separates on Windows.
  if (inside && !/[*\\:\0]/.test(location)) return location
  const expected = "a path relative to the model's folder, in it"
  refuse(`${what(name)}: unusable location`, JSON.stringify(location.slice(0, 200)), expected)
}

function checkCount(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  refuse(`${what(name)}: unusable place`, JSON.stringify(text.slice(0, 40)), 'a number of bytes')
}

async function sizeOf(name: string, location: string, folder: string): Promise<number> {
  try {
    const target = await realpath(join(folder, location))
    if (!isWithin(await realpath(folder), target)) {
      refuse(
        `${what(name)}: leaves its folder`,
        `a link to '${target}'`,
        "a file in the model's folder",
      )
    }
    const stats = await stat(target)
    checkRegular(target, stats)
    return stats.size
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause
    refuse(`${what(name)}: cannot be read`, cause, "a readable file in the model's folder")
  }
}

function what(name: string): string {
  return `external data of ${JSON.stringify(name.slice(0, 100))}`
}
