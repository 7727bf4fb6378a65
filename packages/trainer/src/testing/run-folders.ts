// What the tests of run folders share: small images, small settings, folders of their own.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { glyphs } from '@anyvae/images'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { tfjsEngine, type TrainEvent, type TrainSettings } from '../index.js'
import { trainInFolder, type TrainInFolderOptions } from '../node.js'

export const images = {
  train: glyphs({ count: 40, seed: 1, height: 10, width: 8 }),
  test: glyphs({ count: 20, seed: 1, split: 'test', height: 10, width: 8 }),
}
export const config: TrainSettings = {
  network: { image: { channels: 1, height: 10, width: 8 }, latent: 2, hidden: [8] },
  epochs: 3,
  batchSize: 8,
}

/** A folder for each test, what to do in it, and more folders; all are removed after the file's tests. */
export function useRunFolders() {
  let count = 0
  const folders = {
    base: '',
    /** The test's folder; a test may go on in another. */
    current: '',
    other: () => join(folders.base, String(count++)),
    /** Trains in the test's folder, with the small settings unless others are given. */
    run: (more: Partial<TrainInFolderOptions> = {}) =>
      trainInFolder({
        folder: folders.current,
        config,
        images,
        engineFactory: tfjsEngine,
        ...more,
      }),
    /** Ends a run as a kill would: nothing of what comes after the named event is done. */
    cutOff: async (
      after: (event: TrainEvent) => boolean,
      more: Partial<TrainInFolderOptions> = {},
    ): Promise<void> => {
      const controller = new AbortController()
      const onEvent = (event: TrainEvent) => {
        if (after(event)) controller.abort()
      }
      const result = await folders.run({ signal: controller.signal, onEvent, ...more })
      expect(result.completed).toBe(false)
    },
  }
  beforeAll(async () => {
    await tf.setBackend('cpu')
    folders.base = await mkdtemp(join(tmpdir(), 'anyvae-trainer-'))
  })
  beforeEach(() => {
    folders.current = folders.other()
  })
  afterAll(() => rm(folders.base, { recursive: true }))
  return folders
}

/** Every file of a run: bytes, and for the log its lines without what was measured. */
export async function contents(of: string): Promise<Record<string, unknown>> {
  const names = (await readdir(of, { recursive: true })).sort()
  const files = names.filter((name) => name !== 'reconstructions')
  const read = files.map(async (name) => {
    const bytes = await readFile(join(of, name))
    if (name !== 'log.jsonl') return [name, bytes.toString('base64')] as const
    const lines = bytes.toString().trim().split('\n')
    return [name, lines.map((line) => ({ ...(JSON.parse(line) as object), measured: 0 }))] as const
  })
  return Object.fromEntries<unknown>(await Promise.all(read))
}
