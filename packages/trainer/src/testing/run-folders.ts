// What the tests of run folders share: small images, small settings, folders of their own.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { glyphs } from '@anyvae/images'
import { afterAll, beforeAll, expect } from 'vitest'
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

/** Folders that are removed after the tests of the file that asks for them. */
export function temporaryFolders() {
  let count = 0
  const folders = { base: '', next: () => join(folders.base, String(count++)) }
  beforeAll(async () => {
    await tf.setBackend('cpu')
    folders.base = await mkdtemp(join(tmpdir(), 'anyvae-trainer-'))
  })
  afterAll(() => rm(folders.base, { recursive: true }))
  return folders
}

/** Trains in a folder, with the small settings unless others are given. */
export function runIn(folder: string, more: Partial<TrainInFolderOptions> = {}) {
  return trainInFolder({ folder, config, images, engineFactory: tfjsEngine, ...more })
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

/** Ends a run as a kill would: nothing of what comes after the named event is done. */
export async function cutOffIn(
  folder: string,
  after: (event: TrainEvent) => boolean,
  more: Partial<TrainInFolderOptions> = {},
) {
  const controller = new AbortController()
  const onEvent = (event: TrainEvent) => {
    if (after(event)) controller.abort()
  }
  const result = await runIn(folder, { signal: controller.signal, onEvent, ...more })
  expect(result.completed).toBe(false)
}
