// What was found, as a table for people.
import type { Need } from '@anyvae/runtime-node/probe'
import { bytes, plural } from '../ui/format.js'
import { wrap } from '../ui/wrap.js'
import type { Examination, ProviderState } from './examine.js'
import type { BackendProbe } from './tensorflow.js'

/** A thing, whether it works, and lines about it. */
interface Row {
  readonly name: string
  readonly works: boolean
  readonly lines: readonly string[]
}

/** Columns where the terminal does not tell. */
const WIDTH = 100
/** Below this the texts stand below their names. */
const NARROW = 60
const NARROWEST = 20
const NAME = 18

/** A table no wider than `columns`. */
export function printExamination(found: Examination, columns = WIDTH): string[] {
  const { anyvae, platform, arch, cores, memory } = found
  const width = Math.max(NARROWEST, Math.min(columns, WIDTH))
  const section = (heading: string, rows: readonly Row[]) => [
    '',
    heading,
    ...rows.flatMap((row) => printRow(row, width)),
  ]
  const machine = `anyvae ${anyvae} on ${platform} ${arch}, ${plural(cores, 'core')}, ${bytes(memory)} of memory`
  return [
    ...wrap(machine, { width }),
    ...section('Software', [nodeRow(found), onnxRow(found)]),
    ...section('ONNX Runtime, --provider', found.providers.map(providerRow)),
    ...section('TensorFlow.js, --engine tfjs --backend', found.tensorflow.map(backendRow)),
    '',
    ...wrap(summaryOf(found), { width, hanging: 2 }),
  ]
}

function nodeRow({ node: { version, works, oldest } }: Examination): Row {
  return {
    name: 'Node',
    works,
    lines: [works ? version : `${version}; install ${oldest} or later`],
  }
}

function onnxRow({ onnxruntime: { version, problem } }: Examination): Row {
  const works = problem === undefined
  return { name: 'onnxruntime-node', works, lines: [works ? (version ?? '') : problem] }
}

function providerRow({ provider, works, problem = '', needs, platforms }: ProviderState): Row {
  const drivers = needs.flatMap(({ what, parts }) =>
    what === 'a Vulkan driver' ? present(parts) : [],
  )
  if (works) return { name: provider, works, lines: [driverText(drivers)] }
  const missing = needs.some((need) => !need.found)
  const advice = missing ? needs.flatMap(needLines) : [`it needs ${platforms}`]
  return { name: provider, works, lines: [problem, ...advice] }
}

function driverText(drivers: readonly string[]): string {
  const software = drivers.length > 0 && drivers.every((path) => /swiftshader|lvp_/.test(path))
  return `${software ? 'in software: ' : ''}${drivers.join(', ')}`
}

function needLines({ what, found, parts, how }: Need): string[] {
  if (found) return [`has ${what}`]
  const absent = Object.keys(parts).filter((name) => parts[name] === false)
  const names = absent.length === 0 ? '' : ` (no ${absent.join(', ')})`
  return [`lacks ${what}${names}`, `get: ${how}`]
}

function present(parts: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(parts).filter((name) => parts[name] === true)
}

function backendRow({ backend, works, version = '', problem = '', how }: BackendProbe): Row {
  const why = [version, how === undefined ? problem : `${problem}: ${how}`]
  return { name: backend, works, lines: [works ? version : why.filter(Boolean).join(', ')] }
}

function summaryOf({ providers, tensorflow }: Examination): string {
  const names = [
    ...providers.filter((each) => each.works).map((each) => `--provider ${each.provider}`),
    ...tensorflow
      .filter((each) => each.works)
      .map((each) => `--engine tfjs --backend ${each.backend}`),
  ]
  return names.length === 0 ? 'nothing works here' : `works here: ${names.join(', ')}`
}

/** `  name  ok  text`, further lines below the text; on narrow screens the texts stand below the name. */
function printRow({ name, works, lines }: Row, width: number): string[] {
  const isNarrow = width < NARROW
  const head = `  ${name.padEnd(NAME)}${works ? 'ok' : 'no'}`
  const indent = ' '.repeat(isNarrow ? 4 : head.length + 2)
  const texts = lines
    .filter((line) => line !== '')
    .flatMap((line) => wrap(line, { width: width - indent.length, hanging: 2 }))
    .map((text) => indent + text)
  if (isNarrow) return [head, ...texts]
  const [first = ''] = texts
  return [(head + first.slice(head.length)).trimEnd(), ...texts.slice(1)]
}
