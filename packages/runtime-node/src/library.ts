// Where the dynamic linker of Linux would find a library, without loading it: what is broken may crash.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const FOLDERS = [
  '/lib',
  '/usr/lib',
  '/lib64',
  '/usr/lib64',
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
]

/** Whether a library is in the folders that are looked through, or in the linker's cache. */
export function hasLibrary(name: string): boolean {
  const named = (process.env['LD_LIBRARY_PATH'] ?? '').split(delimiter).filter(Boolean)
  return [...named, ...FOLDERS].some((folder) => existsSync(join(folder, name))) || isCached(name)
}

/** The cache holds each library's path, with a zero byte behind it. */
function isCached(name: string): boolean {
  const end = cache().indexOf(`/${name}\0`)
  if (end < 0) return false
  const start = cache().lastIndexOf('\0', end) + 1
  return existsSync(cache().slice(start, end + 1) + name)
}

function cache(): string {
  try {
    return readFileSync('/etc/ld.so.cache', 'latin1')
  } catch {
    return ''
  }
}
