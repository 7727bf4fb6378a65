// How a measuring process talks: a JSON object a line on stdout, commands a line on stdin.
import { readFileSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** Tells the benchmark something, at once. */
export function say(message) {
  writeSync(1, `${JSON.stringify(message)}\n`)
}

/** Commands, one a call: `[word, number]`. The process sleeps while there is none, and ends after the last. */
export function commands() {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  return async () => {
    const { done, value } = await lines.next()
    if (done) return process.exit(1)
    const [word, number] = value.split(' ')
    return [word, Number(number)]
  }
}

/** What the process was told to do: the JSON file that its only argument names. */
export function task() {
  return JSON.parse(readFileSync(process.argv[2], 'utf8'))
}
