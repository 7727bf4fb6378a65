// What can go wrong with a file on its way to a page.
import type { ServerResponse } from 'node:http'

type Send = (response: ServerResponse, bytes: Buffer) => void

const BINARY = { 'content-type': 'application/octet-stream' }
const HTML = { 'content-type': 'text/html; charset=utf-8' }
const START_PAGE = '<!doctype html><title>Welcome</title>'

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
} satisfies Readonly<Record<string, Send>>

/** A fault by its name, or an answer that is right but late. */
export type Fault = keyof typeof FAULTS | 'slow'
