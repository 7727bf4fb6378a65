// What a run folder already holds, as far as going on with it needs to know.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint } from '@anyvae/trainer'
import { readRun, readRunConfig, type RunConfig } from '@anyvae/trainer/node'
import { refuseUsage } from '../error.js'
import type { TrainFlags } from './flags.js'

/** A run that was begun, perhaps without a whole epoch yet. */
export interface Begun {
  readonly config: RunConfig
  readonly checkpoint?: Checkpoint
}

/** The run folder that the flags name. */
export function folderOf({ out, resume }: TrainFlags): string {
  if (typeof resume === 'string' && out !== undefined && out !== resume) {
    refuseUsage(`--out: another folder than --resume, got ${out}, expected ${resume}`)
  }
  const folder = typeof resume === 'string' ? resume : out
  if (folder !== undefined) return folder
  return refuseUsage('--out: missing, expected a new folder for the run, such as --out runs/first')
}

/** Looks for a run to go on with; undefined where the folder holds no config.json. */
export async function findRun(folder: string): Promise<Begun | undefined> {
  if (!(await exists(join(folder, 'config.json')))) return undefined
  if (await exists(join(folder, 'checkpoint.safetensors'))) {
    const { training, data, checkpoint } = await readRun(folder)
    return { config: { training, data }, checkpoint }
  }
  return { config: await readRunConfig(folder) }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
