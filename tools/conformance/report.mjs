// Compares what became of the specs with what is recorded, and prints both.

/** The specs by what became of them, those that do not pass by their recorded reason. */
export function compare(specs, recorded) {
  const reasonOf = new Map(
    Object.entries(recorded).flatMap(([key, names]) => names.map((name) => [name, key])),
  )
  const failing = specs.filter(({ status }) => status !== 'passed')
  const names = new Set(specs.map(({ name }) => name))
  const passing = new Set(specs.filter(({ status }) => status === 'passed').map(({ name }) => name))
  return {
    regressions: failing.filter(({ name }) => !reasonOf.has(name)),
    mended: [...reasonOf.keys()].filter((name) => passing.has(name)),
    missing: [...reasonOf.keys()].filter((name) => !names.has(name)),
    counts: count(failing.flatMap(({ name }) => reasonOf.get(name) ?? [])),
    passed: passing.size,
  }
}

function count(keys) {
  const counts = {}
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

/** The figures, and a table of reasons for what was skipped and what failed. */
export function printFigures({ specs, passed, counts, regressions }, reasons) {
  const of = (kind) => reasons.filter((reason) => reason.kind === kind && counts[reason.key])
  const sum = (kind) => of(kind).reduce((total, { key }) => total + counts[key], 0)
  const skipped = sum('skipped')
  const failed = sum('failed') + regressions.length
  const share = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`
  console.log(`passed  ${passed} (${share(passed, specs.length - skipped)} of those not skipped)`)
  console.log(`failed  ${failed}`)
  console.log(`skipped ${skipped} (${share(skipped, specs.length)} of all)`)
  for (const kind of ['skipped', 'failed']) {
    if (of(kind).length > 0) console.log(`\n${kind}, and why`)
    for (const { key, why } of of(kind)) console.log(`  ${String(counts[key]).padStart(4)}  ${why}`)
  }
}

/** What has changed against the record; whether that is a reason to fail. */
export function printChanges({ regressions, mended, missing }) {
  for (const { name, message } of regressions) {
    console.log(`\nREGRESSION ${name}\n  ${firstLines(message)}`)
  }
  for (const name of mended) console.log(`\nPASSES NOW ${name}\n  take it out with --update`)
  for (const name of missing) console.log(`\nGONE ${name}\n  the suite has no such spec`)
  return regressions.length + mended.length + missing.length > 0
}

function firstLines(message) {
  return message.split('\n').slice(0, 3).join('\n  ').slice(0, 600)
}
