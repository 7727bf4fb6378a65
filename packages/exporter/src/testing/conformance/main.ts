// Runs tfjs-core's own specs and writes a line of JSON for each to the file that is named.
import { openSync, writeSync } from 'node:fs'
import { jasmineEnv } from './jasmine.js'
import { evaluator } from './environment.js'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import '@tensorflow/tfjs-core/dist/tests.js'

const output = openSync(process.env['CONFORMANCE_RESULTS'] ?? '/dev/stdout', 'w')
const write = (line: object) => writeSync(output, `${JSON.stringify(line)}\n`)
const filters = (process.env['CONFORMANCE_FILTER'] ?? '').split('\n').filter((text) => text !== '')

jasmineEnv.configure({
  specFilter: (spec: { getFullName(): string }) =>
    filters.length === 0 || filters.some((text) => spec.getFullName().includes(text)),
})
let before = 0
jasmineEnv.addReporter({
  specStarted: ({ fullName }) => {
    before = evaluator.runs
    write({ started: fullName })
  },
  specDone: ({ fullName, status, failedExpectations }) => {
    const messages = (failedExpectations ?? []).map((each) => each.message)
    write({ name: fullName, status, message: messages.join(' | '), runs: evaluator.runs - before })
  },
})
await jasmineEnv.execute()
process.exit(0)
