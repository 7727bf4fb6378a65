// The code blocks of runtime-web's README, so that what it says is what is tried.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../command.js'

/** The whole text. */
export const README = readFileSync(join(ROOT, 'packages/runtime-web/README.md'), 'utf8')

/** The first block of a language below a heading, without the fence. Throws where there is none. */
export function block(heading: string, language: string): string {
  const section = README.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  const [, code] = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(section) ?? []
  if (code !== undefined) return code
  throw new Error(`README: no ${language} below '${heading}', expected a block of code`)
}
