// Options of the repository's scripts: help on request, wrong usage in one line with exit code 2.
import { parseArgs } from 'node:util'

/** The values of a script's options; `--help` prints the usage and ends the process. */
export function optionsOf(script, { usage, options }) {
  const values = parsed(script, { ...options, help: { type: 'boolean', default: false } })
  if (!values.help) return values
  console.log(usage)
  return process.exit(0)
}

function parsed(script, options) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`)
    // What follows in Node's own message is about arguments that these scripts have not.
    const [complaint] = error.message.split('. ')
    return refuseUsage(script, `${complaint}, expected ${known.join(', ')}`)
  }
}

/** Ends the process for wrong usage. */
export function refuseUsage(script, message) {
  console.error(`${script}: ${message.replaceAll(/\s+/g, ' ')}`)
  return process.exit(2)
}

/** An option's whole number; one outside of least to most is wrong usage. */
export function wholeOf(script, option, { text, least = 1, most = Infinity }) {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`
  return refuseUsage(script, `--${option}: got '${text}', expected a whole number ${range}`)
}

/** An opset as a number; others than 13 to 21 are wrong usage. */
export function opsetOf(script, text) {
  if (/^\d+$/.test(text) && Number(text) >= 13 && Number(text) <= 21) return Number(text)
  return refuseUsage(script, `--opset: unknown, got '${text}', expected 13 to 21`)
}
