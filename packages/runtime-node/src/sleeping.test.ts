// Between its runs a session leaves the processors to others, unless it is asked not to.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { nodeBackend, type SessionOptions } from './index.js'

const DECODER = new URL('../../../models/mnist-mlp/decoder.onnx', import.meta.url)
const LATENT = 20
const BATCH = 256

/** Milliseconds of processor time that this process takes in the pauses between ten runs. */
async function idleTime(options: SessionOptions): Promise<number> {
  const session = await nodeBackend.createSession(await readFile(DECODER), {
    threads: 2,
    ...options,
  })
  const data = new Float32Array(BATCH * LATENT)
  const feeds = { latent: { type: 'float32', dims: [BATCH, LATENT], data } } as const
  let taken = 0
  for (let run = 0; run < 11; run++) {
    await session.run(feeds)
    const before = process.cpuUsage()
    await sleep(30)
    const { user, system } = process.cpuUsage(before)
    // The first run compiles.
    if (run > 0) taken += (user + system) / 1000
  }
  await session.release()
  return taken
}

const spinning = { session: { extra: { session: { force_spinning_stop: '0' } } } }

describe('a session of several threads', () => {
  it('takes no processor time between runs, where onnxruntime by itself would', async () => {
    expect(await idleTime({})).toBeLessThan((await idleTime(spinning)) / 3)
  })

  it('keeps what else the raw options say', async () => {
    const session = { force_spinning_stop: '0', intra_op: { allow_spinning: '0' } }
    const quiet = await idleTime({ session: { extra: { session, memory: {} } } })
    expect(quiet).toBeLessThan((await idleTime(spinning)) / 3)
  })

  it('takes the raw options in either form', async () => {
    const flat = { session: { extra: { 'session.force_spinning_stop': '0' } } }
    expect(await idleTime({})).toBeLessThan((await idleTime(flat)) / 3)
  })

  it.each(['nonsense', null, 5, { session: null }, { session: 'no' }])(
    'refuses %j as raw options',
    async (extra) => {
      await expect(idleTime({ session: { extra } })).rejects.toThrow(
        /session\.extra(\.session)?: not an object, got .*, expected options by their names/,
      )
    },
  )
})
