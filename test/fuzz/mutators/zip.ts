// Mutations of zip archives: entries, their sizes and offsets in both places where they are told.
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Random } from '../random.js'
import { bytesOf, textOf, type Mutator } from '../target.js'
import { concatenated, integerBytes, mutateBytes } from './bytes.js'
import { INTEGERS, TEXTS } from './edges.js'

/** An entry as both of its headers tell of it. */
interface Entry {
  readonly name: string
  readonly method: number
  /** As it is stored. */
  readonly data: Uint8Array
  readonly crc: number
  readonly packed: number
  readonly size: number
  /** What the central directory says instead. */
  readonly central?: Partial<Pick<Entry, 'method' | 'crc' | 'packed' | 'size'>> & {
    readonly offset?: number
  }
}

const STORED = 0
const DEFLATED = 8

/** An entry whose headers are true. */
function entryOf(name: string, content: Uint8Array, method: number = DEFLATED): Entry {
  const data = method === DEFLATED ? deflateRawSync(content, { level: 1 }) : content
  return { name, method, data, crc: crc32(content), packed: data.length, size: content.length }
}

/** A zip archive of files by name. */
export function zipOf(files: Readonly<Record<string, Uint8Array>>, method = DEFLATED): Uint8Array {
  return written(Object.entries(files).map(([name, content]) => entryOf(name, content, method)))
}

const u16 = (value: number) => integerBytes(value, 2, true)
const u32 = (value: number) => integerBytes(value, 4, true)

/** Method, time, checksum, sizes and length of the name, as in both headers. */
function fieldsOf({ name, method, crc, packed, size }: Entry): Uint8Array {
  const length = bytesOf(name).length
  return concatenated(
    u16(20),
    u16(0),
    u16(method),
    u32(0),
    u32(crc),
    u32(packed),
    u32(size),
    u16(length),
    u16(0),
  )
}

function written(entries: readonly Entry[], count = entries.length): Uint8Array {
  const locals = entries.map((entry) =>
    concatenated(u32(0x04034b50), fieldsOf(entry), bytesOf(entry.name), entry.data),
  )
  let offset = 0
  const directory = entries.map((entry, i) => {
    const at = entry.central?.offset ?? offset
    offset += locals[i]?.length ?? 0
    const told = { ...entry, ...entry.central }
    return concatenated(
      u32(0x02014b50),
      u16(20),
      fieldsOf(told),
      new Uint8Array(10),
      u32(at),
      bytesOf(entry.name),
    )
  })
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const end = [u32(0x06054b50), u32(0), u16(count), u16(count), u32(size), u32(offset), u16(0)]
  return concatenated(...locals, ...directory, ...end)
}

/** The entries of an archive whose central directory is whole; none of others. */
function entriesIn(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const end = bytes.length - 22
    let at = view.getUint32(end + 16, true)
    return Array.from({ length: Math.min(64, view.getUint16(end + 10, true)) }, () => {
      const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)]
      const length = view.getUint16(at + 28, true)
      const name = textOf(bytes.subarray(at + 46, at + 46 + length))
      const data = view.getUint32(at + 42, true) + 30 + length
      const entry: Entry = {
        name,
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        packed,
        size,
        data: bytes.subarray(data, data + packed),
      }
      at += 46 + length
      return entry
    })
  } catch {
    return []
  }
}

function contentOf({ method, data }: Entry): Uint8Array | undefined {
  try {
    return method === DEFLATED ? inflateRawSync(data, { maxOutputLength: 2 ** 20 }) : data
  } catch {
    return undefined
  }
}

type EntriesMutation = (entries: Entry[], at: number, random: Random) => Entry[]

const FIELDS = ['method', 'crc', 'packed', 'size'] as const

const change = (entries: Entry[], at: number, by: (entry: Entry) => Entry) =>
  entries.map((entry, i) => (i === at ? by(entry) : entry))

/** Mutations of the archive itself. */
const mutations: readonly EntriesMutation[] = [
  (entries, at, random) =>
    change(entries, at, (entry) => ({ ...entry, [random.pick(FIELDS)]: random.pick(INTEGERS) })),
  (entries, at, random) =>
    change(entries, at, (entry) => ({
      ...entry,
      central: { ...entry.central, [random.pick([...FIELDS, 'offset'])]: random.pick(INTEGERS) },
    })),
  (entries, at, random) =>
    change(entries, at, (entry) => ({
      ...entry,
      name: random.pick(TEXTS).slice(0, 300) + entry.name,
    })),
  (entries, at, random) =>
    change(entries, at, (entry) => ({ ...entry, name: random.pick(entries).name })),
  (entries, at) => entries.toSpliced(at, 1),
  (entries, at, random) => [
    ...entries,
    ...new Array<Entry[]>(1 + random.below(200)).fill(entries.slice(at, at + 1)).flat(),
  ],
  // All entries lie over each other.
  (entries) => entries.map((entry) => ({ ...entry, central: { offset: 0 } })),
  // Sixteen megabytes of zeros, in sixteen kilobytes.
  (entries, at) => change(entries, at, ({ name }) => entryOf(name, new Uint8Array(2 ** 24))),
]

/** A mutator of archives from one of the files in them. */
export function mutateZip(inner: Mutator): Mutator {
  return (input, random, seeds) => {
    const entries = entriesIn(input)
    if (entries.length === 0 || random.chance(0.1)) return mutateBytes(input, random, seeds)
    const at = random.below(entries.length)
    const content = entries[at] && contentOf(entries[at])
    if (content !== undefined && random.chance(0.5)) {
      const method = random.pick([STORED, DEFLATED])
      return written(
        change(entries, at, ({ name }) => entryOf(name, inner(content, random, [content]), method)),
      )
    }
    if (random.chance(0.1)) return written(entries, random.pick(INTEGERS))
    return written(random.pick(mutations)(entries, at, random))
  }
}
