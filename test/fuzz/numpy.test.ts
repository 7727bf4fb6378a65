// Mutated .npy files against NumPy itself: none is read that NumPy refuses, and none is read otherwise.
import { spawnSync } from 'node:child_process'
import { decodeNpy, ImagesError, type NpyArray } from '@anyvae/images'
import { expect, it } from 'vitest'
import { mutateNpy } from './mutators/npy.js'
import { createRandom } from './random.js'
import { npyFiles } from './targets/seeds.js'

const COUNT = 2500
const SEED = 12

const python = process.env.PYTHON || 'python3'
const hasNumpy = spawnSync(python, ['-c', 'import numpy']).status === 0

/** Reads files in base64, a line each, and gives each back as NumPy saves it, or nothing and the reason. */
const READER = `
import base64, io, sys, warnings
import numpy as np
warnings.simplefilter('ignore')

def saved(line):
    array = np.lib.format.read_array(io.BytesIO(base64.b64decode(line)), allow_pickle=False)
    if array.dtype.kind not in 'buif':
        raise TypeError('another type, ' + array.dtype.str)
    kind = 'f4' if array.dtype.str[1:] == 'f2' else array.dtype.str[1:]
    file = io.BytesIO()
    np.save(file, array.astype(kind, order='C'))
    return base64.b64encode(file.getvalue()).decode()

for line in sys.stdin:
    try:
        print(saved(line))
    except BaseException as error:
        print('!' + type(error).__name__, str(error).replace('\\n', ' '))
`

/** What NumPy makes of each file: the file that it saves in base64, or `!` and the reason why it refuses it. */
function readByNumpy(files: readonly Uint8Array[]): string[] {
  const input = files.map((file) => `${Buffer.from(file).toString('base64')}\n`).join('')
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 28 } as const
  const { stdout, stderr } = spawnSync(python, ['-c', READER], options)
  const lines = stdout.trimEnd().split('\n')
  expect(lines.length, stderr).toBe(files.length)
  return lines
}

function readHere(file: Uint8Array): NpyArray | undefined {
  try {
    return decodeNpy(file, 'mutated.npy')
  } catch (error) {
    if (error instanceof ImagesError) return undefined
    throw error
  }
}

/** Whether two arrays are the same, bit for bit but for what NaN is which. */
function isSame(one: NpyArray, other: NpyArray): boolean {
  const data: ArrayLike<number | bigint> = one.data
  const shaped = one.dtype === other.dtype && one.shape.join() === other.shape.join()
  return shaped && Array.from(data).every((value, i) => Object.is(value, other.data[i]))
}

it.runIf(hasNumpy)(`reads none of ${COUNT} mutated files otherwise than NumPy`, () => {
  const random = createRandom(SEED, 'numpy')
  const mutated = (file: Uint8Array) => mutateNpy(file, random, npyFiles)
  // Some faults need two changes, such as Python 2's numbers in a version that it did not write.
  const files = Array.from({ length: COUNT }, (_, i) => {
    const once = mutated(random.pick(npyFiles))
    return i % 2 === 0 ? once : mutated(once)
  })
  const numpy = readByNumpy(files)
  const wrong: string[] = []
  let read = 0
  for (const [i, file] of files.entries()) {
    const [right = '', here] = [numpy[i], readHere(file)]
    if (here === undefined) continue
    read++
    if (!right.startsWith('!') && isSame(here, decodeNpy(Buffer.from(right, 'base64'), 'saved'))) {
      continue
    }
    const head = Buffer.from(file.subarray(0, 160)).toString('latin1')
    wrong.push(`${head}: ${here.dtype} [${here.shape.join()}], NumPy: ${right.slice(0, 200)}`)
  }
  expect(wrong).toEqual([])
  expect(read).toBeGreaterThan(COUNT / 10)
})
