// A web site on this machine: pages, onnxruntime's files and models, with the faults that a test asks for.
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { basename, join, normalize } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, inject } from 'vitest'
import { ROOT } from '../command.js'
import { FAULTS, type Fault } from './faults.js'

/** How a site answers. */
export interface SiteOptions {
  /** Whether pages are cross-origin isolated, which threads need; false where left out. */
  readonly isolated?: boolean
  /** The content security policy of every answer. */
  readonly policy?: string
  /** Whether pages of other origins may read the files; false where left out. */
  readonly cors?: boolean
}

export interface Site {
  /** The origin, without a slash at the end. */
  readonly url: string
  /** What goes wrong with which file, by its name without folders. */
  readonly faults: Map<string, Fault>
  /** The names of the files asked for since this was last emptied, without folders. */
  readonly asked: string[]
  /** Goes offline: cuts all connections and refuses new ones. */
  stop(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  mjs: 'text/javascript',
  json: 'application/json',
  wasm: 'application/wasm',
}

/** Those that run. A hook that a test or another hook adds is never called, so there is one for all. */
const servers = new Set<Server>()

afterAll(() => Promise.all(Array.from(servers, close)))

/** Starts a site that ends with the tests of the file that asks for it. */
export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const faults = new Map<string, Fault>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const name = basename(path(request))
    asked.push(name)
    answer(request, response, { options, fault: faults.get(name) }).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.add(server)
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('site: no port')
  return { url: `http://127.0.0.1:${address.port}`, faults, asked, stop: () => close(server) }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function path(request: IncomingMessage): string {
  return decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
}

interface Answer {
  readonly options: SiteOptions
  readonly fault: Fault | undefined
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { options, fault }: Answer,
): Promise<void> {
  for (const [name, value] of headers(options)) response.setHeader(name, value)
  const file = fileOf(path(request))
  const bytes = await readFile(file).catch(() => undefined)
  const type = TYPES[/\w+$/.exec(file)?.[0] ?? ''] ?? 'application/octet-stream'
  if (fault === 'slow') await setTimeout(200)
  if (bytes === undefined) {
    response.writeHead(404, { 'content-type': TYPES['html'] }).end('<!doctype html>Not found')
  } else if (fault === undefined || fault === 'slow') {
    response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes)
  } else {
    FAULTS[fault](response, bytes)
  }
}

function* headers({ isolated, policy, cors }: SiteOptions): Generator<[string, string]> {
  // Pages share a browser: what one has fetched must not answer another.
  yield ['cache-control', 'no-store']
  if (isolated === true) {
    yield ['cross-origin-opener-policy', 'same-origin']
    yield ['cross-origin-embedder-policy', 'require-corp']
  }
  if (policy !== undefined) yield ['content-security-policy', policy]
  if (cors === true) yield ['access-control-allow-origin', '*']
}

function fileOf(path: string): string {
  const [, top, ...rest] = normalize(path).split(/[\\/]/)
  if (top === 'models') return join(ROOT, 'models', ...rest)
  const name = rest.at(-1) ?? top ?? ''
  // Beside the page's own files, where onnxruntime looks for them, or in a folder of their own.
  if (name.startsWith('ort-')) return join(ROOT, 'node_modules/onnxruntime-web/dist', name)
  return join(inject('pages'), name === '' ? 'index.html' : name)
}
