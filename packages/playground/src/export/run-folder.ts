// The run folder of the page's training: what `anyvae export` and `anyvae train --resume` read.
import type { ImageSet } from '@anyvae/images'
import { sha256Hex } from '@anyvae/runtime'
import { encodeCheckpoint, type Checkpoint, type EpochRecord } from '@anyvae/trainer'
import type { Chosen } from '../images/chosen.js'

/** As the trainer's own run folders have it. */
const FORMAT_VERSION = 2

/** The files of a run folder by their paths. */
export async function runFolder(
  checkpoint: Checkpoint,
  { chosen, records }: { readonly chosen: Chosen; readonly records: readonly EpochRecord[] },
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { source, train, test } = chosen
  const config = {
    formatVersion: FORMAT_VERSION,
    producer: { name: 'anyvae', version: checkpoint.computedWith.versions['anyvae'] },
    training: checkpoint.config,
    data: { source, train: await recordOf(train), test: await recordOf(test) },
  }
  const lines = records.slice(0, checkpoint.epoch).map((record) => `${JSON.stringify(record)}\n`)
  return new Map([
    ['config.json', text(`${JSON.stringify(config, null, 2)}\n`)],
    ['log.jsonl', text(lines.join(''))],
    ['checkpoint.safetensors', encodeCheckpoint(checkpoint)],
  ])
}

async function recordOf({ count, data }: ImageSet) {
  return { count, sha256: await sha256Hex(data) }
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content)
}
