// The Vulkan drivers of a Linux machine, where the Vulkan loader looks for them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { hasLibrary } from './library.js'

/** By the path of its manifest, whether a driver's library is there. */
export function vulkanDrivers(): Record<string, boolean> {
  return Object.fromEntries(manifests().map((path) => [path, hasDriver(path)]))
}

/** The variables win over the folders, as in the loader. */
function manifests(): string[] {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES = '' } = process.env
  const named = VK_DRIVER_FILES ?? VK_ICD_FILENAMES
  if (named) return named.split(delimiter).flatMap(manifestsAt)
  return [...VK_ADD_DRIVER_FILES.split(delimiter), ...folders()].flatMap(manifestsAt)
}

function folders(): string[] {
  const { XDG_CONFIG_HOME, XDG_CONFIG_DIRS, XDG_DATA_HOME, XDG_DATA_DIRS } = process.env
  const roots = [
    XDG_CONFIG_HOME ?? join(homedir(), '.config'),
    ...(XDG_CONFIG_DIRS ?? '/etc/xdg').split(delimiter),
    '/etc',
    XDG_DATA_HOME ?? join(homedir(), '.local', 'share'),
    ...(XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(delimiter),
  ]
  return roots.map((root) => join(root, 'vulkan', 'icd.d'))
}

/** A manifest, or those of a folder. */
function manifestsAt(path: string): string[] {
  if (path.endsWith('.json')) return [path]
  try {
    const names = readdirSync(path).filter((name) => name.endsWith('.json'))
    return names.sort().map((name) => join(path, name))
  } catch {
    return []
  }
}

function hasDriver(manifest: string): boolean {
  const library = libraryOf(manifest)
  if (library === undefined) return false
  return library.includes('/')
    ? existsSync(resolve(dirname(manifest), library))
    : hasLibrary(library)
}

function libraryOf(manifest: string): string | undefined {
  try {
    const { ICD } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      ICD?: { library_path?: string }
    }
    return ICD?.library_path
  } catch {
    return undefined
  }
}
