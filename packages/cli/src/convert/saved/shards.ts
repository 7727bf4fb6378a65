// The weight files beside a model.json: read within its folder, and no more of them than is declared.
import { realpath, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type * as tf from '@tensorflow/tfjs-core'
import { CliError } from '../../error.js'
import { oneLine } from './complaint.js'
import { groupBytes } from './manifest.js'
import { readRegular } from './regular-file.js'

/** The weight files' contents, one after another; each group has the bytes that its weights need. */
export async function weightData(
  file: string,
  groups: tf.io.WeightsManifestConfig,
): Promise<ArrayBuffer[]> {
  const data: ArrayBuffer[] = []
  for (const { paths, weights } of groups) {
    const expected = groupBytes(weights)
    const what = { file, count: weights.length, expected }
    const parts: ArrayBuffer[] = []
    let got = 0
    for (const path of paths) {
      const part = await shard(path, { ...what, got })
      got += part.byteLength
      parts.push(part)
    }
    if (expected !== undefined && got !== expected) {
      throw wrongLength(paths.join(', '), { got, expected, count: weights.length })
    }
    data.push(...parts)
  }
  // TensorFlow.js takes all parts for as long as the first one unless one before the last differs,
  // and reads zeros beyond that where the last one is longer.
  return [...data, new ArrayBuffer(0)]
}

/** The most bytes of weights whose size is not declared: those of text. */
const MOST_BYTES = 2 ** 31

/** The group that a weight file is of. */
interface OfGroup {
  readonly file: string
  readonly count: number
  /** Bytes of the whole group; undefined where strings are in it. */
  readonly expected: number | undefined
  /** Bytes of the files before it. */
  readonly got: number
}

/** Whether a path is names of files and folders alone, without what Windows or a URL takes for more. */
function isInside(path: string): boolean {
  if (/[:\p{Cc}]/u.test(path)) return false
  return path.split(/[\\/]/).every((part) => part !== '' && part !== '.' && part !== '..')
}

async function shard(path: string, { file, count, expected, got }: OfGroup): Promise<ArrayBuffer> {
  const outside = () =>
    new CliError(
      `${file}: names a weight file outside its folder, got '${path}', expected a name beside model.json`,
    )
  if (!isInside(path)) throw outside()
  const folder = await realpath(dirname(file))
  const target = await realpath(join(folder, path)).catch((cause: unknown) => {
    throw new CliError(
      `${path}: weight file that ${file} names is missing, got ${oneLine(cause)}, expected it beside model.json`,
      { cause },
    )
  })
  if (!target.startsWith(folder.endsWith(sep) ? folder : folder + sep)) throw outside()
  const most = expected === undefined ? MOST_BYTES : expected - got
  const { size } = await stat(target)
  if (size > most) throw wrongLength(path, { got: got + size, expected: got + most, count })
  const bytes = await readRegular(target, { expected: `the weight file that ${file} names`, most })
  return bytes.buffer
}

interface Lengths {
  readonly got: number
  readonly expected: number
  readonly count: number
}

function wrongLength(paths: string, { got, expected, count }: Lengths): CliError {
  return new CliError(
    `${paths}: ${got < expected ? 'truncated' : 'too long'}, got ${got} bytes, expected ${expected} for ${count} weights`,
  )
}
