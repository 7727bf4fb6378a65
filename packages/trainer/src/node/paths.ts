// The names in a run folder.
import { join } from 'node:path'

export const NAMES = {
  lock: 'lock',
  config: 'config.json',
  log: 'log.jsonl',
  checkpoint: 'checkpoint.safetensors',
  reconstructions: 'reconstructions',
} as const

/** What `writeFileAtomic` leaves beside a file of a run where a kill cuts it off. */
const LEFTOVER = '.tmp'

/** Whether a name in a run folder is that of an unfinished file of ours. */
export function isLeftover(name: string): boolean {
  return Object.values(NAMES).some((ours) => name === `${ours}${LEFTOVER}`)
}

/** As {@link isLeftover}, in the folder of the pictures. */
export function isPictureLeftover(name: string): boolean {
  return name.endsWith(LEFTOVER) && pictureEpoch(name.slice(0, -LEFTOVER.length)) !== undefined
}

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
