// How help is laid out: two columns where there is room, else each description below its term.
import { Help, type Command } from 'commander'
import { calledAs } from '../shell.js'
import { wrap, wrapCommand } from './wrap.js'

/** The narrowest column of descriptions beside the terms. */
const LEAST = 24

/** A term and its description. */
interface Item {
  readonly term: string
  readonly width: number
  readonly description: string
}

/** Commander's layout, for narrow screens too. */
export const LAYOUT: Partial<Help> = {
  minWidthToWrap: LEAST,
  commandUsage(command) {
    const usage = `Usage: ${Help.prototype.commandUsage.call(this, command)}`
    const lines = wrap(usage, { width: this.helpWidth ?? 80, hanging: 7 })
    return lines.join('\n').slice('Usage: '.length)
  },
  formatItem(term, width, description, helper) {
    return itemLines({ term, width, description }, helper.helpWidth ?? 80).join('\n')
  },
}

function itemLines({ term, width, description }: Item, screen: number): string[] {
  const indent = '  '
  if (description === '') return [indent + term]
  const column = width + 4
  if (screen - column < LEAST) {
    const below = wrap(description, { width: screen - 4 })
    const above = wrap(term, { width: screen - 2, hanging: 2 })
    return [...above.map((line) => indent + line), ...below.map((line) => `    ${line}`)]
  }
  const [first = '', ...rest] = wrap(description, { width: screen - column })
  const lead = `${indent}${term.padEnd(width)}  `
  return [lead + first, ...rest.map((line) => ' '.repeat(column) + line)]
}

/** What stands below the options: example command lines, and a text. */
export function addExamples(command: Command, examples: string, text = ''): void {
  command.addHelpText('after', () => {
    const width = command.configureOutput().getOutHelpWidth?.() ?? 80
    const lines = examples
      .trim()
      .split('\n')
      .map((line) => line.replace(/^anyvae/, calledAs()))
      .flatMap((line) => wrapCommand(`$ ${line}`, { width: width - 2, hanging: 6 }))
    const below = text === '' ? [] : ['', ...wrap(text, { width })]
    return ['', 'Example:', ...lines.map((line) => `  ${line}`), ...below].join('\n')
  })
}
