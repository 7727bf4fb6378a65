// Whether a path lies in a folder.
import { isAbsolute, relative, sep } from 'node:path'

/** Whether a path lies beneath a folder, both absolute and with links resolved. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
