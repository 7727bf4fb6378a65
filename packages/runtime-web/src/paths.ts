// Where onnxruntime's own files lie, for the pages that say so.
import { parseUrl } from '@anyvae/runtime'
import type { WasmPaths } from './onnxruntime.js'

/** The paths as addresses that mean the same in a worker; a folder ends with a slash. Throws RuntimeError. */
export function absolutePaths(paths: WasmPaths): WasmPaths {
  const absolute = (path: string | URL): string => parseUrl(path).href
  if (typeof paths === 'string') return absolute(paths.replace(/\/?$/, '/'))
  return Object.fromEntries(Object.entries(paths).map(([file, path]) => [file, absolute(path)]))
}
