// Files that the browser saves.
import { zipSync } from 'fflate'

/** All zip archives tell the same time: equal contents give equal bytes. */
const TIME = new Date(1980, 0, 1)

/** Saves bytes under a name. */
export function save(name: string, bytes: Uint8Array): void {
  const link = document.createElement('a')
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)]))
  link.href = url
  link.download = name
  link.click()
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** Saves files as one zip archive that holds a folder of them. */
export function saveFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  const entries = Array.from(files, ([path, bytes]) => [`${folder}/${path}`, bytes] as const)
  save(`${folder}.zip`, zipSync(Object.fromEntries(entries), { level: 6, mtime: TIME }))
}
