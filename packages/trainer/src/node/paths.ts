// The names in a run folder.
import { join } from 'node:path'

export const NAMES = {
  config: 'config.json',
  log: 'log.jsonl',
  checkpoint: 'checkpoint.safetensors',
  reconstructions: 'reconstructions',
} as const

/** What a write that was cut off leaves beside its file. */
export const LEFTOVER = /\.tmp$/

/** `epoch-01.png` and so on, with more digits where a run has more epochs than 99. */
export function pictureName(epoch: number): string {
  return `epoch-${String(epoch).padStart(2, '0')}.png`
}

/** The epoch of a picture's name, or undefined for another file. */
export function pictureEpoch(name: string): number | undefined {
  const digits = /^epoch-(\d{2,})\.png$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** A name of {@link NAMES} in a folder. */
export function pathOf(folder: string, name: keyof typeof NAMES): string {
  return join(folder, NAMES[name])
}
