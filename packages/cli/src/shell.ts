// Command lines as a reader can paste them into a shell.
import { delimiter, join, sep } from 'node:path'
import { accessSync, constants } from 'node:fs'
import { hasControls, quoteEscaped } from './ui/escape.js'

/** Words with quotes where a shell needs them. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

/** A command line of this program, as a shell finds it: `npx anyvae …` or `anyvae …`. */
export function hint(...words: readonly string[]): string {
  return `${calledAs()} ${shellLine(words)}`
}

/** What says how the program was called. */
type Environment = Readonly<Record<string, string | undefined>>

/**
 * How the user's shell finds this program: `anyvae` where PATH has it, `npx anyvae` where npx runs it or where
 * only a project's node_modules has it, whose folder npm and others put before PATH for what they run.
 */
export function calledAs(env: Environment = process.env): 'anyvae' | 'npx anyvae' {
  if (env['npm_command'] === 'exec') return 'npx anyvae'
  const own = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(isOutsideProjects)
  return own.some(holdsCommand) ? 'anyvae' : 'npx anyvae'
}

function isOutsideProjects(folder: string): boolean {
  return folder !== '' && !folder.split(sep).includes('node_modules')
}

function holdsCommand(folder: string): boolean {
  const names = process.platform === 'win32' ? ['anyvae.cmd', 'anyvae.exe'] : ['anyvae']
  return names.some((name) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return hasControls(word) ? quoteEscaped(word) : `'${word.replaceAll("'", "'\\''")}'`
}
