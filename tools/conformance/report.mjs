// Compares what became of the specs with what is recorded, and prints both.

import { reasonOf } from './reasons.mjs'

/** At most this share of all specs may be skipped, and at least that of the others must pass. */
const MOST_SKIPPED = 0.03
const LEAST_PASSED = 0.97

/**
 * The specs by what became of them. One that does not pass is explained where it is recorded under
 * the very reason for which it fails now: another failure of it is a regression too.
 */
export function compare(specs, record) {
  const recorded = new Map(
    Object.entries(record.explained).flatMap(([key, names]) => names.map((name) => [name, key])),
  )
  const failing = specs.filter(({ status }) => status !== 'passed')
  const explained = failing.filter(
    (spec) => recorded.has(spec.name) && reasonOf(spec)?.key === recorded.get(spec.name),
  )
  const known = new Set(explained.map(({ name }) => name))
  const passing = new Set(specs.filter(({ status }) => status === 'passed').map(({ name }) => name))
  return {
    regressions: failing.filter(({ name }) => !known.has(name)),
    mended: [...recorded.keys()].filter((name) => passing.has(name)),
    lost: record.specs - specs.length,
    counts: count(explained.map(({ name }) => recorded.get(name))),
    passed: passing.size,
  }
}

function count(keys) {
  const counts = {}
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

/** Of the specs that pass, those for which ONNX Runtime has computed at least one graph. */
export function ranIn(specs) {
  return specs.filter(({ status, runs }) => status === 'passed' && runs > 0).length
}

/** The figures, and a table of reasons for what was skipped and what failed. */
export function printFigures({ specs, passed, counts, regressions }, reasons) {
  const of = (kind) => reasons.filter((reason) => reason.kind === kind && counts[reason.key])
  const skipped = of('skipped').reduce((total, { key }) => total + counts[key], 0)
  const failed = of('failed').reduce((total, { key }) => total + counts[key], regressions.length)
  const share = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`
  const pending = counts['pending'] ?? 0
  const refused = skipped - pending
  const ran = ranIn(specs)
  const count = (number) => String(number).padStart(5)
  console.log(`${count(ran)} passed, their values computed in ONNX Runtime`)
  console.log(
    `${count(passed - ran)} passed without a run: errors, shapes, types, memory, the host's own work`,
  )
  console.log(`${count(failed)} failed`)
  console.log(
    `${count(refused)} refused: they run, and throw at a kernel or type that is not exported`,
  )
  console.log(`${count(pending)} left out by the suite itself`)
  const run = specs.length - pending
  console.log(`\n${share(passed, run)} of the ${run} specs that run pass;`)
  const computed = ran + failed + refused
  console.log(
    `${share(ran, computed)} of the ${computed} that ran in ONNX Runtime, failed or were refused`,
  )
  for (const kind of ['skipped', 'failed']) {
    if (of(kind).length > 0)
      console.log(`\n${kind === 'skipped' ? 'refused or left out' : kind}, and why`)
    for (const { key, why } of of(kind)) console.log(`  ${String(counts[key]).padStart(4)}  ${why}`)
  }
  return skipped <= MOST_SKIPPED * specs.length && passed >= LEAST_PASSED * (specs.length - skipped)
}

/** What has changed against the record; whether that is a reason to fail. */
export function printChanges({ regressions, mended, lost }) {
  for (const { name, message } of regressions) {
    console.log(`\nREGRESSION ${name}\n  ${firstLines(message)}`)
  }
  for (const name of mended) console.log(`\nPASSES NOW ${name}\n  take it out with --update`)
  if (lost !== 0) console.log(`\nspecs: another number than recorded, ${lost} are missing`)
  return regressions.length + mended.length > 0 || lost !== 0
}

function firstLines(message) {
  return message.split('\n').slice(0, 3).join('\n  ').slice(0, 600)
}
