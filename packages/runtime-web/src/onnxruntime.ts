// The two builds of onnxruntime-web, each imported when first needed and set up once for the page.
import { checkWhole, refuse } from '@anyvae/runtime'
import type * as ort from 'onnxruntime-web'

/** A build of onnxruntime-web. */
export type Ort = typeof ort

/** The providers of onnxruntime-web, each with a build of its own. */
export type WebProvider = 'webgpu' | 'wasm'

/** Where onnxruntime's own files lie: their folder, or the addresses of the .mjs and the .wasm. */
export type WasmPaths = string | { readonly mjs?: string | URL; readonly wasm?: string | URL }

/** Addresses of the builds' modules. */
export type ModuleUrls = Readonly<Record<WebProvider, string>>

/** What a build takes at its start alone. */
export interface Setup {
  /** The most threads; there is one on WebGPU, and where the page is not cross-origin isolated. */
  readonly threads?: number | undefined
  readonly wasmPaths?: WasmPaths | undefined
}

/** A build that is set up. */
export interface Started {
  readonly ort: Ort
  readonly threads: number
  /** The `wasmPaths` in use, as JSON. */
  readonly paths: string
}

/** More gain nothing on networks of this size. */
const MOST_THREADS = 8

const started: Partial<Record<WebProvider, Started>> = {}
let modules: ModuleUrls | undefined

/** Has the builds imported from these addresses: a worker cannot see its page's import map. */
export function setModules(urls: ModuleUrls | undefined): void {
  modules ??= urls
}

/** Throws RuntimeError unless it is one of onnxruntime-web. */
export function checkProvider(provider: string): asserts provider is WebProvider {
  if (provider === 'wasm' || provider === 'webgpu') return
  refuse('provider: not one of onnxruntime-web', `'${provider}'`, 'auto, webgpu or wasm')
}

/**
 * The build of a provider.
 *
 * @throws RuntimeError (by rejection) where it cannot be imported, or runs with other threads or
 * files already
 */
export async function startBuild(provider: WebProvider, setup: Setup): Promise<Started> {
  const { threads, wasmPaths } = setup
  checkWhole('threads', threads ?? 1, 1, 256)
  const paths = wasmPaths && (await import('./paths.js')).absolutePaths(wasmPaths)
  // Not on WebGPU: in a worker of one file, threads know the other build alone (see worker.ts).
  const several = provider === 'wasm' && globalThis.crossOriginIsolated
  // Looked up when it is there: sessions that begin at once share one.
  const ort = await importBuild(provider)
  const build = (started[provider] ??= configure(ort, several, { threads, wasmPaths: paths }))
  checkSettled('threads', several ? threads : undefined, build.threads)
  checkSettled('wasmPaths', JSON.stringify(paths), build.paths)
  return build
}

function checkSettled<T>(name: string, asked: T | undefined, settled: T): void {
  if (asked === undefined || asked === settled) return
  refuse(`${name}: settled by the first session`, asked, settled)
}

/**
 * Each name in full, since bundlers follow no others; in a table, since of the two branches of a
 * condition minifiers make one, which downloads both.
 */
const builds: Readonly<Record<WebProvider, () => Promise<Ort>>> = {
  wasm: () => import('onnxruntime-web/wasm'),
  webgpu: () => import('onnxruntime-web/webgpu'),
}

async function importBuild(provider: WebProvider): Promise<Ort> {
  try {
    return await (modules ? importFrom(modules[provider]) : builds[provider]())
  } catch (cause) {
    refuse('onnxruntime: cannot be imported', cause, 'onnxruntime-web')
  }
}

function importFrom(url: string): Promise<Ort> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ url) as Promise<Ort>
}

function configure(ort: Ort, several: boolean, { threads, wasmPaths }: Setup): Started {
  const { wasm } = ort.env
  if (wasmPaths) wasm.wasmPaths = wasmPaths
  const all = Math.min(navigator.hardwareConcurrency, MOST_THREADS)
  wasm.numThreads = several ? (threads ?? all) : 1
  return { ort, threads: wasm.numThreads, paths: JSON.stringify(wasmPaths ?? 'none') }
}
