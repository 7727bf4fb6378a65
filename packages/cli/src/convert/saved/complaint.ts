// What TensorFlow.js says of a model, in one line and with what matters of it.
import { messageOf } from '../../error.js'

/** The most characters of a message that are shown. */
const MOST_SHOWN = 300

/**
 * Messages of TensorFlow.js may run over lines, and hold whole configurations: those in braces are left
 * out, and what is still too long ends with a sentence or a word.
 */
export function oneLine(thrown: unknown): string {
  const line = messageOf(thrown)
    .replace(/\s+/g, ' ')
    .replace(/ This may be due to one of the following reasons: .*/, '')
    .trim()
  if (line.length <= MOST_SHOWN) return line
  const short = line.replace(/\{.{40,}\}|\[.{120,}\]/g, (block) => `${block[0]}…${block.at(-1)}`)
  if (short.length <= MOST_SHOWN) return short
  const sentences = /^.{20,299}?[.!](?= )/.exec(short)?.[0]
  return sentences ?? `${short.slice(0, MOST_SHOWN).replace(/ \S*$/, '')} …`
}

/**
 * What TensorFlow.js says of a model; where it stumbles over what is not there, as it does with many
 * a damaged file, that says nothing to whoever has the file.
 */
export function complaintOf(thrown: unknown): string {
  return isStumble(thrown)
    ? 'a modelTopology that lacks what TensorFlow.js looks for'
    : `"${oneLine(thrown)}"`
}

/**
 * Whether an error, or what caused it, is one of the language that came up in TensorFlow.js, or puts
 * in what the language makes of nothing.
 */
export function isStumble(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  const { message, stack = '', cause } = thrown
  if (/\bundefined\b|\[object /.test(message)) return true
  const ofLanguage = thrown instanceof TypeError || /^Invalid \w* ?length/.test(message)
  const place = /^ +at .*/m.exec(stack)?.[0] ?? ''
  return (ofLanguage && place.includes('@tensorflow')) || isStumble(cause)
}
