// Runs the README's block of code for states of recurrent layers as it stands.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { nodeBackend } from '@anyvae/runtime-node'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** What the block that holds a text makes. */
async function run(text: string, names: readonly string[]): Promise<unknown> {
  const blocks = [...readme.matchAll(/```ts\n([^`]*)```/g)].map(([, code = '']) => code)
  const code = blocks.find((block) => block.includes(text)) ?? ''
  const folder = mkdtempSync(fileURLToPath(new URL('readme-', import.meta.url)))
  try {
    const path = join(folder, 'block.ts')
    writeFileSync(path, `${code}\nexport { ${names.join(', ')} }\n`)
    return await import(path)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it('streams a signal piece by piece, as the README says', async () => {
  const { bytes, stream } = (await run('initialState: before', ['bytes', 'stream'])) as {
    bytes: Uint8Array
    stream: tfl.LayersModel
  }
  const whole = tf.randomNormal([2, 6, 3], 0, 1, 'float32', 1)
  const zeros = [tf.zeros([2, 8]), tf.zeros([2, 8])]
  const [wanted] = stream.predict([whole, ...zeros]) as tf.Tensor[]
  const session = await nodeBackend.createSession(bytes)
  let states = [0, 1].map(() => new Float32Array(16))
  const pieces: tf.Tensor3D[] = []
  for (const [begin, time] of [
    [0, 2],
    [2, 4],
  ] as const) {
    const piece = tf.slice(whole, [0, begin, 0], [-1, time, -1])
    const [hidden, cell] = states.map((data) => ({ type: 'float32' as const, dims: [2, 8], data }))
    const signal = { type: 'float32' as const, dims: piece.shape, data: piece.dataSync() }
    if (hidden === undefined || cell === undefined) throw new Error('no states')
    const got = await session.run({ signal: signal as typeof hidden, hidden, cell })
    pieces.push(tf.tensor3d(got['sequence']?.data as Float32Array, [2, time, 8]))
    states = ['next_hidden', 'next_cell'].map(
      (name) => got[name]?.data as Float32Array<ArrayBuffer>,
    )
  }
  await session.release()
  const gap = tf.max(tf.abs(tf.sub(tf.concat(pieces, 1), wanted ?? whole))).dataSync()[0]
  expect(gap).toBeLessThan(1e-6)
})
