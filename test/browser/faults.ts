// What can go wrong with a file on its way to a page.
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

type Send = (response: ServerResponse, bytes: Buffer) => void

const BINARY = { 'content-type': 'application/octet-stream' }
const HTML = { 'content-type': 'text/html; charset=utf-8' }
const START_PAGE = '<!doctype html><title>Welcome</title>'

/** A graph with one initializer, `w`, of which all that is told is `location: '.env'`. */
const EXTERNAL = Buffer.from(
  '\x3a\x19\x2a\x17\x42\x01w\x6a\x10\x0a\x08location\x12\x04.env\x70\x01',
  'latin1',
)

/** Each sends an answer that is wrong in its own way. */
export const FAULTS = {
  /** No such file. */
  missing: (response) => response.writeHead(404, HTML).end(START_PAGE),
  /** The server has failed. */
  broken: (response) => response.writeHead(500, HTML).end(START_PAGE),
  /** A proxy or a service worker says that it reaches nobody. */
  unreachable: (response) => response.writeHead(503, HTML).end(START_PAGE),
  /** What sites do that answer every path with their start page. */
  page: (response) => response.writeHead(200, HTML).end(START_PAGE),
  /** The right bytes under a wrong content type. */
  mislabelled: (response, bytes) => response.writeHead(200, HTML).end(bytes),
  /** The connection ends half-way. */
  cut: (response, bytes) => {
    response.writeHead(200, { ...BINARY, 'content-length': bytes.length })
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
  },
  /** The first half alone, as if it were the whole. */
  truncated: (response, bytes) =>
    response.writeHead(200, BINARY).end(bytes.subarray(0, bytes.length / 2)),
  /** One bit is wrong. */
  altered: (response, bytes) => {
    const copy = Buffer.from(bytes)
    copy.writeUInt8(copy.readUInt8(copy.length >> 1) ^ 1, copy.length >> 1)
    response.writeHead(200, BINARY).end(copy)
  },
  /** The right bytes, and then others without end. */
  endless: (response, bytes) => {
    response.writeHead(200, BINARY).write(bytes)
    const push = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, ' ')));
      response.once('drain', push)
    }
    push()
  },
  /** A byte now and then. */
  trickling: (response) => {
    const timer = setInterval(() => response.write(' '), 20)
    response.once('close', () => clearInterval(timer))
  },
  /** More bytes than may be, by its own word. */
  announced: (response, bytes) =>
    response.writeHead(200, { ...BINARY, 'content-length': 2 ** 40 }).write(bytes),
  /** Small on the way, and large when it is there. */
  compressed: (response, bytes) => {
    const headers = { ...BINARY, 'content-encoding': 'gzip' }
    response.writeHead(200, headers).end(gzipSync(Buffer.concat([bytes, Buffer.alloc(2 ** 25)])))
  },
  /** Elsewhere on the same site. */
  moved: (response) =>
    response.writeHead(302, { location: '/models/mnist-mlp/decoder.onnx' }).end(),
  /** A model that has its values in another file. */
  external: (response) => response.writeHead(200, BINARY).end(EXTERNAL),
} satisfies Readonly<Record<string, Send>>

/** A fault by its name, or an answer that is right but late. */
export type Fault = keyof typeof FAULTS | 'slow'
