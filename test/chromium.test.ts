// Finding Chromium for the browser tests: a wrong path is said, and of two processes one installs.
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { ROOT, startProgram, temporaryFolder } from './command.js'

const folder = await temporaryFolder()
const module = (name: string): string => pathToFileURL(join(ROOT, 'tools', 'chromium', name)).href

/** Runs lines of code as a process of their own. */
const run = (code: string, env: Readonly<Record<string, string>> = {}) => {
  const args = ['--input-type=module', '-e', code]
  return startProgram(process.execPath, args, { cwd: folder, env: { ...process.env, ...env } })
    .ended
}

it('says that CHROMIUM_PATH names no browser', async () => {
  const code = `import { provideChromium } from '${module('index.mjs')}'; provideChromium()`
  const { exitCode, stderr } = await run(code, { CHROMIUM_PATH: join(folder, 'none') })
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    `CHROMIUM_PATH: no browser that starts, got '${join(folder, 'none')}', expected its program`,
  )
})

it('lets one process work at a time, and waits for no process that has ended', async () => {
  const lock = join(folder, 'lock')
  // Written by a process that was killed.
  const { child, ended } = startProgram(process.execPath, ['-e', ''], {})
  await ended
  await writeFile(lock, String(child.pid))
  await writeFile(join(folder, 'count'), '0')
  const code = `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { withLock } from '${module('lock.mjs')}'
    withLock('lock', () => {
      const count = Number(readFileSync('count', 'utf8'))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
      writeFileSync('count', String(count + 1))
    })`
  const ran = [await run(code), ...(await Promise.all([run(code), run(code), run(code)]))]
  expect(ran.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0])
  expect(await readFile(join(folder, 'count'), 'utf8')).toBe('4')
  expect(existsSync(lock)).toBe(false)
})
