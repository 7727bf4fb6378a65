// Finds the line of the user's code that an error comes from.

/** Where an error comes from, outside TensorFlow.js and this package. */
export interface Blame {
  /** The file and line, and the column where it is known. */
  readonly place: string
  /** The function of TensorFlow.js that was called there, where its name can be told. */
  readonly call?: string
}

interface Frame {
  readonly name: string
  readonly url: string
  readonly place: string
}

/** How deep a stack must be kept, so that the user's frame is among what TensorFlow.js adds. */
const DEPTH = 100

/** The user's frame of a stack, as V8, SpiderMonkey and JavaScriptCore print them. */
export function blameOf(stack: string | undefined): Blame | undefined {
  const all = (stack ?? '').split('\n').flatMap((line) => frameOf(line) ?? [])
  // What called the trace is not what it runs.
  const end = all.findIndex(({ url }) => RECORD.test(url))
  const frames = end < 0 ? all : all.slice(0, end)
  const inner = frames.findIndex(({ url }) => LIBRARY.test(url) || isOurs(url))
  const outer = frames.findIndex(({ url }, i) => i > inner && !LIBRARY.test(url) && !isOurs(url))
  const frame = frames[outer]
  if (inner < 0 || frame === undefined || !/:\d+$/.test(frame.place)) {
    return undefined
  }
  const call = frames
    .slice(0, outer)
    .reverse()
    .find(({ url }) => LIBRARY.test(url))
  const name = call && operationOf(call.name)
  return { place: frame.place, ...(name === undefined ? {} : { call: name }) }
}

/** Runs with stacks deep enough to be told apart, where the engine has a limit. */
export function withDeepStacks<T>(run: () => T): T {
  const limited = Error as { stackTraceLimit?: number }
  const { stackTraceLimit } = limited
  if (stackTraceLimit === undefined) {
    return run()
  }
  limited.stackTraceLimit = DEPTH
  try {
    return run()
  } finally {
    limited.stackTraceLimit = stackTraceLimit
  }
}

/** Files of TensorFlow.js, as packages, as bundled by Vite, and as built scripts. */
const LIBRARY =
  /@tensorflow[/_+]tfjs|\/(?:tfjs|tf|tf-(?:core|layers|converter|backend-\w+))(?:\.\w+)?(?:\.min)?\.js(?:\?|$)/

/** This package's own files, its tests excepted. */
const BASE = new URL('.', import.meta.url).href

const RECORD = new RegExp(`^${BASE.replace(/[^\w/:]/g, '\\$&')}record\\.[jt]s$`)

const isOurs = (url: string) => url.startsWith(BASE) && !/\.test\.[jt]s$/.test(url)

/** One line of a stack: `at name (url:1:2)`, `at url:1:2` or `name@url:1:2`. */
function frameOf(line: string): Frame | undefined {
  const match =
    /^\s*at (?:async )?(?:(.*?) \()?([^()\s][^()]*?):(\d+):(\d+)\)?$/.exec(line) ??
    /^\s*([^@]*)@(.+?):(\d+):(\d+)$/.exec(line)
  if (match === null) {
    return undefined
  }
  const [, name = '', url = '', row, column] = match
  if (url.startsWith('node:') || url === '<anonymous>') {
    return undefined
  }
  const whole = url.startsWith('/') ? `file://${url}` : url
  return { name, url: whole, place: `${readable(whole)}:${row}:${column}` }
}

function readable(url: string): string {
  return url.replace(/^file:\/\//, '').replace(/\?.*$/, '')
}

/** `Tensor.dataSync` is dataSync, `booleanMaskAsync_` is booleanMaskAsync; minified names say nothing. */
function operationOf(name: string): string | undefined {
  const alias = /\[as (\w+)\]$/.exec(name)?.[1]
  const plain = (alias ?? name.split('.').at(-1) ?? '').replace(/__op$|_$/, '')
  return /^[a-z]\w{2,}$/.test(plain) && plain !== 'anonymous' ? plain : undefined
}
